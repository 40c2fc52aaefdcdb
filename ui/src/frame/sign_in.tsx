/** Sign-in with name, password and one-time code. No picture puzzle (WCAG 3.3.8); paste and password managers work. */
import { useMutation, useQueryClient, type QueryClient } from '@tanstack/react-query'
import { Button, Card, Form, Input } from 'antd'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { askKeySignIn, signInByKey, useSignIn, type SessionState, type SignInForm } from '../api/generated'
import { Refusal } from '../api/client'
import { sessionQuery } from '../api/queries'
import { learnServerClock } from './context'
import { Door } from './door'
import { answerOf, keysWork } from './keys'
import { Loading, Problem } from './parts'
import { ByProvider, SecondFactor, settled, useProvider, useProviderAnswer } from './provider'
import { Enrol } from './setup'

function opened(client: QueryClient, session: SessionState): void {
  learnServerClock(session.server_ms)
  settled(client)
  client.setQueryData(sessionQuery.queryKey, session)
}

export function SignIn() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [form] = Form.useForm<SignInForm>()
  const entered = (session: SessionState): void => opened(client, session)
  const enter = useSignIn({ onSuccess: entered })
  const byKey = useMutation({
    mutationFn: async () => {
      const { name, password } = await form.validateFields(['name', 'password'])
      const { options, ticket } = await askKeySignIn({ name, password })
      return signInByKey({ ticket: ticket ?? '', credential: await answerOf(options) })
    },
    onSuccess: entered,
  })
  const going = useProvider(false)
  const answered = useProviderAnswer()
  const came = answered.data
  const typed = enter.error ?? (byKey.error instanceof Refusal ? byKey.error : null)
  // of several only the latest, and nothing of a try that was left for another
  const problem = typed ?? (enter.isPending || byKey.isPending ? null : going.error ?? (going.isPending ? null : answered.error))
  const [first, setFirst] = useState(false)
  const [another, setAnother] = useState(false)
  useEffect(() => {
    if (came?.session) opened(client, came.session)
  }, [came, client])
  if (answered.isFetching) return <Door><Loading rows={4} /></Door>
  if (came !== undefined && came.factors.length > 0 && !another) return <SecondFactor factors={came.factors} onEntered={entered} onBack={() => setAnother(true)} />
  if (first) return <Enrol onDone={() => setFirst(false)} />
  const rules = [{ required: true, message: t('common.required') }]
  return (
    <Door>
      <Card title={<h1>{t('signIn.title')}</h1>} className="door-card">
        <Form<SignInForm> form={form} layout="vertical" requiredMark={false} onFinish={(words) => enter.mutate({ data: { ...words, code: words.code.replace(/\s/g, '') } })} validateTrigger="onSubmit">
          <Form.Item name="name" label={t('signIn.name')} rules={rules}>
            <Input autoFocus autoComplete="username" size="large" maxLength={64} />
          </Form.Item>
          <Form.Item name="password" label={t('signIn.password')} rules={rules}>
            <Input.Password autoComplete="current-password" size="large" maxLength={256} />
          </Form.Item>
          <Form.Item name="code" label={t('signIn.code')} extra={t('signIn.codeHint')} rules={rules}>
            <Input inputMode="numeric" autoComplete="one-time-code" size="large" maxLength={8} className="code" />
          </Form.Item>
          {problem !== null && <Problem problem={problem} />}
          <Button type="primary" htmlType="submit" size="large" block loading={enter.isPending}>
            {t('signIn.submit')}
          </Button>
          {keysWork() && <Button size="large" block className="spaced-top" loading={byKey.isPending} onClick={() => byKey.mutate()}>{t('keys.signIn')}</Button>}
          <ByProvider busy={going.isPending || going.isSuccess} onClick={() => going.mutate()} />
          <Button type="link" block onClick={() => setFirst(true)}>
            {t('signIn.first')}
          </Button>
          <p className="secondary door-note">{t('signIn.purpose')}</p>
        </Form>
      </Card>
    </Door>
  )
}
