/** Enrolment: a one-time code is exchanged for an own password and a TOTP secret. No default password. */
import { useQuery } from '@tanstack/react-query'
import { Button, Card, Form, Input, Typography } from 'antd'
import { useTranslation } from 'react-i18next'
import { renderSVG } from 'uqr'

import { useEnrol, type EnrolmentForm } from '../api/generated'
import { setupQuery } from '../api/queries'
import { Door } from './door'
import { Problem } from './parts'

const PASSWORD_LENGTH = 12

/** The QR code and the typed form of a TOTP address; drawn here, sent nowhere. */
export function TotpSecret(props: { uri: string }) {
  const { t } = useTranslation()
  const secret = new URL(props.uri).searchParams.get('secret') ?? ''
  const picture = `data:image/svg+xml;utf8,${encodeURIComponent(renderSVG(props.uri, { border: 2 }))}`
  return (
    <div className="totp">
      <img src={picture} alt={t('setup.qr')} width={200} height={200} />
      <div>
        <div className="secondary">{t('setup.secret')}</div>
        <Typography.Text code copyable>
          {secret}
        </Typography.Text>
      </div>
    </div>
  )
}

export function Bound(props: { uri: string; onDone: () => void }) {
  const { t } = useTranslation()
  return (
    <Door>
      <Card title={<h1>{t('setup.scanTitle')}</h1>} className="door-card">
        <p>{t('setup.scan')}</p>
        <TotpSecret uri={props.uri} />
        <Button type="primary" size="large" block onClick={props.onDone}>
          {t('setup.done')}
        </Button>
      </Card>
    </Door>
  )
}

/** The rules of pass-phrases in force here, in words. */
export function useRules(): string {
  const { t } = useTranslation()
  const { data } = useQuery(setupQuery)
  const rules = data?.password
  if (rules === undefined || rules.rules === 'asvs') return t('setup.passwordHint')
  return t('password.level3', { shortest: rules.shortest, kinds: rules.kinds, remembered: rules.remembered, days: rules.lasts_days, idle: rules.idle_minutes })
}

export function Passwords(props: { label?: string }) {
  const { t } = useTranslation()
  const hint = useRules()
  const required = { required: true, message: t('common.required') }
  return (
    <>
      <Form.Item name="password" label={props.label ?? t('setup.password')} extra={hint} rules={[required, { min: PASSWORD_LENGTH, message: t('setup.passwordHint') }]}>
        <Input.Password autoComplete="new-password" maxLength={256} />
      </Form.Item>
      <Form.Item
        name="repeat"
        label={t('setup.repeat')}
        dependencies={['password']}
        rules={[
          required,
          ({ getFieldValue }) => ({
            validator: (_, value: string) =>
              value === getFieldValue('password') ? Promise.resolve() : Promise.reject(new Error(t('setup.mismatch'))),
          }),
        ]}
      >
        <Input.Password autoComplete="new-password" maxLength={256} />
      </Form.Item>
    </>
  )
}

/** A new person, or one whose credentials were reset, sets the own password with the administrator's code. */
export function Enrol(props: { onDone: () => void }) {
  const { t } = useTranslation()
  const enrol = useEnrol()
  const required = { required: true, message: t('common.required') }
  if (enrol.data !== undefined) return <Bound uri={enrol.data.totp_uri} onDone={props.onDone} />
  return (
    <Door>
      <Card title={<h1>{t('setup.enrolTitle')}</h1>} className="door-card">
        <p>{t('setup.enrolIntro')}</p>
        <Form<EnrolmentForm> layout="vertical" requiredMark={false} onFinish={({ code, name, password }) => enrol.mutate({ data: { code: code.trim(), name, password } })}>
          <Form.Item name="name" label={t('setup.name')} rules={[required]}>
            <Input autoFocus autoComplete="username" maxLength={64} />
          </Form.Item>
          <Form.Item name="code" label={t('setup.code')} rules={[required]}>
            <Input autoComplete="off" maxLength={64} />
          </Form.Item>
          <Passwords />
          {enrol.error !== null && <Problem problem={enrol.error} />}
          <Button type="primary" htmlType="submit" size="large" block loading={enrol.isPending}>
            {t('setup.enrol')}
          </Button>
          <Button type="link" block onClick={props.onDone}>
            {t('common.back')}
          </Button>
        </Form>
      </Card>
    </Door>
  )
}
