/** The one place that asks for the factors once more: whatever call is refused for want of them waits here, then is repeated. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { App, Button, Form, Input, Modal } from 'antd'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { onStepUp } from '../api/client'
import { askKeyProof, proveByKey, useProveSession, type ProofForm } from '../api/generated'
import { sessionQuery } from '../api/queries'
import { useSession } from './context'
import { answerOf, keysWork } from './keys'
import { Problem } from './parts'
import { settled, useProvider, useProviderName, useProviderProof } from './provider'

type Answered = (proven: boolean) => void

export function StepUp() {
  const { t } = useTranslation()
  const [form] = Form.useForm<ProofForm>()
  const [answered, setAnswered] = useState<Answered | null>(null)
  const prove = useProveSession()
  const byKey = useMutation({
    mutationFn: async () => proveByKey({ credential: await answerOf((await askKeyProof()).options) }),
    onSuccess: () => end(true),
  })
  const end = (proven: boolean): void => {
    answered?.(proven)
    setAnswered(null)
    prove.reset()
    byKey.reset()
  }
  const { message } = App.useApp()
  const client = useQueryClient()
  const { proves_at_provider: elsewhere } = useSession()
  const name = useProviderName() ?? ''
  const going = useProvider(true)
  const proof = useProviderProof()
  useEffect(() => {
    if (proof.data !== true) return
    void client.invalidateQueries({ queryKey: sessionQuery.queryKey })
    settled(client)
    void message.success(t('provider.proven'))
  }, [proof.data, client, message, t])
  const [seen, setSeen] = useState(false)
  useEffect(() => onStepUp(() => new Promise((resolve) => setAnswered(() => resolve))), [])
  if (proof.error !== null && !seen) {
    return <Modal open title={t('stepUp.title')} okText={t('provider.go', { name })} cancelText={t('common.cancel')} onCancel={() => setSeen(true)} onOk={() => going.mutate()} confirmLoading={going.isPending}><Problem problem={going.error ?? proof.error} /></Modal>
  }
  if (elsewhere) {
    return (
      <Modal open={answered !== null} title={t('stepUp.title')} okText={t('provider.go', { name })} cancelText={t('common.cancel')} onCancel={() => end(false)} onOk={() => going.mutate()} confirmLoading={going.isPending || going.isSuccess}>
        <p>{t('stepUp.why')}</p>
        <p>{t('provider.again', { name })}</p>
        {going.error !== null && <Problem problem={going.error} />}
      </Modal>
    )
  }
  return (
    <Modal open={answered !== null} title={t('stepUp.title')} okText={t('stepUp.submit')} cancelText={t('common.cancel')} onCancel={() => end(false)} onOk={() => form.submit()} confirmLoading={prove.isPending} destroyOnHidden>
      <p>{t('stepUp.why')}</p>
      <Form<ProofForm> form={form} preserve={false} layout="vertical" requiredMark={false} onFinish={({ code }) => prove.mutate({ data: { code: code.replace(/\s/g, '') } }, { onSuccess: () => end(true) })} validateTrigger="onSubmit">
        <Form.Item name="code" label={t('signIn.code')} extra={t('signIn.codeHint')} rules={[{ required: true, message: t('common.required') }]}>
          <Input autoFocus inputMode="numeric" autoComplete="one-time-code" maxLength={8} className="code" />
        </Form.Item>
        {(prove.error ?? byKey.error) !== null && <Problem problem={prove.error ?? byKey.error} />}
        {keysWork() && <Button block loading={byKey.isPending} onClick={() => byKey.mutate()}>{t('keys.use')}</Button>}
      </Form>
    </Modal>
  )
}
