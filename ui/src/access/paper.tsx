/** An approval that officers brought on paper: the unit's staff scan it and put it on record; it counts as it stands. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Alert, Button, Form, Input, Radio, Select } from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { submitRequestOnPaper, useListOrgans, type AccessKind, type AttachmentOut, type RequestOut } from '../api/generated'
import { requestsQuery } from '../api/queries'
import { useSession } from '../frame/context'
import { ArticleChip, PageHead, Problem, StateMark } from '../frame/parts'
import { TimeRange } from '../frame/range'
import { zone } from '../frame/time'
import { Upload } from '../frame/upload'
import { CamerasField, useKnownCameras } from './cameras_field'
import { isLive, KINDS } from './kinds'
import { emptyOfficers, OfficersField } from './officers_field'

interface Words {
  kind: AccessKind
  asker: string
  head: string
  document: string
  cameras: string[]
  range: [Dayjs, Dayjs]
  purpose: string
  destination: string
  legal_basis: string
  officers: RequestOut['officers']
}

const ASKING = new Set(['public-security', 'state-security', 'department'])

export function PaperPage() {
  const { t } = useTranslation()
  const session = useSession()
  const navigate = useNavigate()
  const client = useQueryClient()
  const organs = useListOrgans()
  const known = useKnownCameras()
  const [scan, setScan] = useState<AttachmentOut | null>(null)
  const [form] = Form.useForm<Words>()
  const submit = useMutation({
    mutationFn: ({ range, officers, ...words }: Words) =>
      submitRequestOnPaper({
        ...words,
        start_ms: range[0].valueOf(),
        end_ms: range[1].valueOf(),
        officers: officers.filter((one) => one.name.trim() !== ''),
        attachment: scan?.id ?? '',
      }),
    onSuccess: async (request) => {
      await client.invalidateQueries({ queryKey: requestsQuery.queryKey })
      await navigate({ to: '/requests/$id', params: { id: request.id } })
    },
  })
  const required = { required: true, message: t('common.required') }
  const words = { ...required, whitespace: true }
  const askers = (organs.data?.organs ?? []).filter((organ) => ASKING.has(organ.kind))
  return (
    <div className="page chooser">
      <PageHead title={t('access.paperTitle')} purpose={t('access.paperPurpose')} act={<ArticleChip matter="certificate" />} />
      <section className="panel">
        <Form<Words> form={form} layout="vertical" requiredMark={false} scrollToFirstError={{ focus: true }} initialValues={{ kind: 'copy', officers: emptyOfficers(), legal_basis: '' }} onFinish={(given) => submit.mutate(given)}>
          <Form.Item label={t('access.scan')} required>
            {scan === null ? (
              <Upload subject_kind="unit" subject={session.unit.id} kind="approval" label={t('access.scanPick')} onDone={setScan} />
            ) : (
              <StateMark standing="met">{scan.name}</StateMark>
            )}
          </Form.Item>
          <Form.Item name="asker" label={t('access.organ')} rules={[required]}>
            <Select showSearch={{ optionFilterProp: 'label' }} loading={organs.isPending} options={askers.map((organ) => ({ value: organ.id, label: organ.name }))} />
          </Form.Item>
          <Form.Item name="head" label={t('access.paperHead')} rules={[words]}><Input maxLength={64} /></Form.Item>
          <Form.Item name="document" label={t('access.paperNumber')} rules={[words]}><Input maxLength={200} /></Form.Item>
          <Form.Item name="kind" label={t('access.kind')}>
            <Radio.Group optionType="button" buttonStyle="solid" options={KINDS.filter((one) => !isLive(one)).map((value) => ({ value, label: t(`accessKind.${value}`) }))} />
          </Form.Item>
          <Form.Item name="cameras" label={t('common.camera')} rules={[required]}><CamerasField known={known} /></Form.Item>
          <Form.Item name="range" label={t('access.period')} extra={t('access.periodHint', { zone: zone() })} rules={[required]}><TimeRange maxDate={dayjs()} /></Form.Item>
          <Form.Item name="purpose" label={t('access.use')} rules={[words, { min: 4, message: t('access.useShort') }]}><Input.TextArea maxLength={500} autoSize={{ minRows: 2 }} /></Form.Item>
          <Form.Item name="destination" label={t('access.destination')} rules={[words]}><Input maxLength={200} /></Form.Item>
          <Form.Item name="legal_basis" label={t('access.basis')} rules={[words]}><Input maxLength={200} /></Form.Item>
          <OfficersField />
          <Alert type="info" className="spaced" title={t('access.paperFollows')} />
          {submit.error !== null && <Problem problem={submit.error} />}
          <Button type="primary" size="large" htmlType="submit" disabled={scan === null} loading={submit.isPending}>{t('access.paperSubmit')}</Button>
        </Form>
      </section>
    </div>
  )
}
