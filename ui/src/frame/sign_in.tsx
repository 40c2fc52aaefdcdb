/** Sign-in with name, password and one-time code. No picture puzzle (WCAG 3.3.8); paste and password managers work. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Card, Form, Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { askKeySignIn, signInByKey, useSignIn, type SessionState, type SignInForm } from '../api/generated'
import { Refusal } from '../api/client'
import { sessionQuery } from '../api/queries'
import { learnServerClock } from './context'
import { Door } from './door'
import { answerOf, keysWork } from './keys'
import { Problem } from './parts'
import { Enrol } from './setup'

export function SignIn() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [form] = Form.useForm<SignInForm>()
  const entered = (session: SessionState): void => {
    learnServerClock(session.server_ms)
    client.setQueryData(sessionQuery.queryKey, session)
  }
  const enter = useSignIn({ onSuccess: entered })
  const byKey = useMutation({
    mutationFn: async () => {
      const { name, password } = await form.validateFields(['name', 'password'])
      const { options, ticket } = await askKeySignIn({ name, password })
      return signInByKey({ ticket: ticket ?? '', credential: await answerOf(options) })
    },
    onSuccess: entered,
  })
  const problem = enter.error ?? (byKey.error instanceof Refusal ? byKey.error : null)
  const [first, setFirst] = useState(false)
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
          <Button type="link" block onClick={() => setFirst(true)}>
            {t('signIn.first')}
          </Button>
          <p className="secondary door-note">{t('signIn.purpose')}</p>
        </Form>
      </Card>
    </Door>
  )
}
