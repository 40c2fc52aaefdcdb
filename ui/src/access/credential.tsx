/** One person's own credential, typed in another's session for one signature; the session stays whose it is. */
import { Button, Form, Input } from 'antd'
import { useId, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import type { PresenceForm } from '../api/generated'
import { Problem } from '../frame/parts'

interface Props {
  hint: string
  submit: string
  pending: boolean
  problem: unknown
  /** For who was enrolled on the spot: a code and no password. */
  bare?: boolean
  /** The fields are emptied once it succeeds. */
  onSubmit: (words: PresenceForm) => Promise<unknown>
  /** How someone without account is enrolled here; it answers with the name that his code goes with. */
  enrol?: (enrolled: (name: string) => void) => ReactNode
}

const CODE_LENGTH = 8
const SPOT_LENGTH = 19 // sixteen letters in groups of four

export function CredentialForm(props: Props) {
  const { t } = useTranslation()
  const [form] = Form.useForm<PresenceForm>()
  const [spot, setSpot] = useState(props.bare === true)
  const id = useId() // two of these forms may stand on one page, each with labels of its own
  const required = [{ required: true, message: t('common.required') }]
  const finish = async (words: PresenceForm): Promise<void> => {
    try {
      await props.onSubmit({ ...words, password: words.password ?? '', code: words.code.replace(/\s/g, '') })
      form.resetFields()
      setSpot(props.bare === true)
    } catch {
      form.setFieldValue('code', '') // what was refused stands below the fields; a code serves once
    }
  }
  return (
    <Form<PresenceForm> form={form} name={id} layout="vertical" requiredMark={false} onFinish={(words) => void finish(words)} autoComplete="off">
      <p className="secondary">{props.hint}</p>
      <div className="credential">
        <Form.Item name="name" label={t('signIn.name')} rules={required}>
          <Input autoComplete="off" maxLength={64} />
        </Form.Item>
        {!spot && (
          <Form.Item name="password" label={t('signIn.password')} rules={required}>
            <Input.Password autoComplete="off" maxLength={256} />
          </Form.Item>
        )}
        <Form.Item name="code" label={t(spot ? 'spot.code' : 'signIn.code')} rules={required}>
          <Input inputMode={spot ? 'text' : 'numeric'} autoComplete="off" maxLength={spot ? SPOT_LENGTH : CODE_LENGTH} className="code" />
        </Form.Item>
      </div>
      {props.problem !== null && <Problem problem={props.problem} />}
      <div className="row">
        <Button type="primary" htmlType="submit" loading={props.pending}>{props.submit}</Button>
        {props.enrol?.((name) => {
          setSpot(true)
          form.setFieldsValue({ name, code: '' })
        })}
        {props.enrol !== undefined && props.bare !== true && <Button type="link" onClick={() => setSpot(!spot)}>{t(spot ? 'spot.withAccount' : 'spot.withCode')}</Button>}
      </div>
    </Form>
  )
}
