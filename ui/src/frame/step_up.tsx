/** The one place that asks for the factors once more: whatever call is refused for want of them waits here, then is repeated. */
import { useMutation } from '@tanstack/react-query'
import { Button, Form, Input, Modal } from 'antd'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { onStepUp } from '../api/client'
import { askKeyProof, proveByKey, useProveSession, type ProofForm } from '../api/generated'
import { answerOf, keysWork } from './keys'
import { Problem } from './parts'

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
  useEffect(() => onStepUp(() => new Promise((resolve) => setAnswered(() => resolve))), [])
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
