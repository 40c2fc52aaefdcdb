/** One person's own credential, typed in another's session for one signature; the session stays whose it is. */
import { Button, Form, Input } from 'antd'
import { useTranslation } from 'react-i18next'

import type { PresenceForm } from '../api/generated'
import { Problem } from '../frame/parts'

interface Props {
  hint: string
  submit: string
  pending: boolean
  problem: unknown
  /** The fields are emptied once it succeeds. */
  onSubmit: (words: PresenceForm) => Promise<unknown>
}

export function CredentialForm(props: Props) {
  const { t } = useTranslation()
  const [form] = Form.useForm<PresenceForm>()
  const required = [{ required: true, message: t('common.required') }]
  const finish = async (words: PresenceForm): Promise<void> => {
    try {
      await props.onSubmit({ ...words, code: words.code.replace(/\s/g, '') })
      form.resetFields()
    } catch {
      form.setFieldValue('code', '') // what was refused stands below the fields; a code serves once
    }
  }
  return (
    <Form<PresenceForm> form={form} layout="vertical" requiredMark={false} onFinish={(words) => void finish(words)} autoComplete="off">
      <p className="secondary">{props.hint}</p>
      <div className="credential">
        <Form.Item name="name" label={t('signIn.name')} rules={required}>
          <Input autoComplete="off" maxLength={64} />
        </Form.Item>
        <Form.Item name="password" label={t('signIn.password')} rules={required}>
          <Input.Password autoComplete="off" maxLength={256} />
        </Form.Item>
        <Form.Item name="code" label={t('signIn.code')} rules={required}>
          <Input inputMode="numeric" autoComplete="off" maxLength={8} className="code" />
        </Form.Item>
      </div>
      {props.problem !== null && <Problem problem={props.problem} />}
      <Button type="primary" htmlType="submit" loading={props.pending}>{props.submit}</Button>
    </Form>
  )
}
