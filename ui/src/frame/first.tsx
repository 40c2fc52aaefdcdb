/** First setup: the printed code is exchanged for the first administrator, and the unit says what it is. Its own chunk. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Card, Form, Input, Select } from 'antd'
import { useTranslation } from 'react-i18next'

import { useSetUp, type OrganKind, type SetupForm } from '../api/generated'
import { setupQuery } from '../api/queries'
import { Door } from './door'
import { Problem } from './parts'
import { Bound, Passwords } from './setup'

const KINDS: OrganKind[] = ['unit', 'public_security', 'government', 'department', 'state_security']

export function Setup() {
  const { t, i18n } = useTranslation()
  const client = useQueryClient()
  const create = useSetUp()
  const { data: state } = useQuery(setupQuery)
  const [form] = Form.useForm<SetupForm>()
  const kind = Form.useWatch('unit_kind', form)
  const submit = ({ code, name, display_name, password, unit_name, unit_kind, territory, sector }: SetupForm): void =>
    create.mutate({ data: { code: code.trim(), name, display_name, password, unit_name: unit_name ?? '', unit_kind: unit_kind ?? 'unit', territory: territory ?? '', sector: sector ?? '' } })
  const required = { required: true, message: t('common.required') }
  if (create.data !== undefined) {
    return <Bound uri={create.data.totp_uri} onDone={() => client.setQueryData(setupQuery.queryKey, (known) => known && { ...known, needed: false, sectors: [] })} />
  }
  return (
    <Door>
      <Card title={<h1>{t('setup.title')}</h1>} className="door-card">
        <p>{t('setup.intro')}</p>
        <Form<SetupForm> form={form} initialValues={{ unit_kind: 'unit' }} layout="vertical" requiredMark={false} onFinish={submit}>
          <Form.Item name="code" label={t('setup.code')} rules={[required]}>
            <Input autoFocus autoComplete="off" maxLength={64} />
          </Form.Item>
          <Form.Item name="unit_name" label={t('setup.unit')} rules={[required]}>
            <Input autoComplete="organization" maxLength={100} />
          </Form.Item>
          <Form.Item name="unit_kind" label={t('setupUnit.kind')}>
            <Select options={KINDS.map((one) => ({ value: one, label: t(`organKind.${one}`) }))} />
          </Form.Item>
          <Form.Item name="territory" label={t('setupUnit.territory')} extra={t('setupUnit.territoryHint')} rules={kind === 'unit' ? [] : [required]}>
            <Input autoComplete="off" inputMode="numeric" maxLength={6} />
          </Form.Item>
          {(kind === 'unit' || kind === 'department') && (
            <Form.Item name="sector" label={t('setupUnit.sector')} rules={kind === 'unit' ? [] : [required]}>
              <Select allowClear options={(state?.sectors ?? []).map((one) => ({ value: one.id, label: i18n.language === 'en-US' ? one.name_en : one.name }))} />
            </Form.Item>
          )}
          <Form.Item name="name" label={t('setup.name')} rules={[required]}>
            <Input autoComplete="username" maxLength={64} />
          </Form.Item>
          <Form.Item name="display_name" label={t('setup.displayName')} rules={[required]}>
            <Input autoComplete="name" maxLength={64} />
          </Form.Item>
          <Passwords />
          <Alert type="info" title={t('setup.adminNote')} className="spaced" />
          {create.error !== null && <Problem problem={create.error} />}
          <Button type="primary" htmlType="submit" size="large" block loading={create.isPending}>
            {t('setup.submit')}
          </Button>
        </Form>
      </Card>
    </Door>
  )
}
