/** The counter: who applies, why and for which seconds, then a look over it all. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Alert, Button, Form, Input, Radio, Select, Steps } from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { enterPrivateViewing, type PrivateForm, type PrivateRulesOut, type TermOut } from '../api/generated'
import { camerasQuery } from '../api/queries'
import { Facts } from '../frame/entity'
import { Answered, ArticleChip, PageHead, Problem } from '../frame/parts'
import { TimeRange } from '../frame/range'
import { stamp, zone } from '../frame/time'
import { privateListQuery, privateRulesQuery } from './state'

type Words = Omit<PrivateForm, 'start_ms' | 'end_ms'> & { range: [Dayjs, Dayjs] }

const PAPERS = ['id-card', 'residence-permit', 'passport', 'other'] as const
const STEPS = ['who', 'what', 'check'] as const
const FIELDS: (keyof Words)[][] = [['applicant', 'paper', 'paper_number', 'relation', 'concerned'], ['ground', 'why', 'cameras', 'range'], []]

export function PrivateFormPage() {
  const { t } = useTranslation()
  const rules = useQuery(privateRulesQuery)
  return (
    <div className="page chooser">
      <PageHead title={t('private.new')} purpose={t('private.formPurpose')} act={rules.data !== undefined && <ArticleChip article={rules.data.article} instrument={rules.data.instrument} />} />
      <Answered answer={rules}>{(known) => known.allowed ? <Path rules={known} /> : <Alert type="warning" showIcon title={t('private.forbidden')} />}</Answered>
    </div>
  )
}

function Path(props: { rules: PrivateRulesOut }) {
  const { t, i18n } = useTranslation()
  const { rules } = props
  const navigate = useNavigate()
  const client = useQueryClient()
  const cameras = useQuery(camerasQuery)
  const [at, setAt] = useState(0)
  const [form] = Form.useForm<Words>()
  const relation = Form.useWatch('relation', form)
  const enter = useMutation({
    mutationFn: ({ range, ...words }: Words) => enterPrivateViewing({ ...words, start_ms: range[0].valueOf(), end_ms: range[1].valueOf() }),
    onSuccess: async (made) => {
      await client.invalidateQueries({ queryKey: privateListQuery.queryKey })
      await navigate({ to: '/private/$id', params: { id: made.id } })
    },
  })
  const word = (one: TermOut): string => (i18n.language === 'en-US' ? one.name_en : one.name)
  const required = { required: true, message: t('common.required') }
  const words = { ...required, whitespace: true }
  const next = (): void => void form.validateFields(FIELDS[at] ?? []).then(() => setAt(at + 1), () => undefined)
  const own = relation === rules.who[0]?.id
  const all = form.getFieldsValue(true) as Partial<Words>
  const named = (terms: TermOut[], id: string | undefined): string => { const found = terms.find((one) => one.id === id); return found === undefined ? '' : word(found) }
  return (
    <section className="panel">
      <Steps size="small" responsive current={at} items={STEPS.map((one) => ({ title: t(`private.step.${one}`) }))} className="spaced" />
      <Form<Words> form={form} layout="vertical" requiredMark={false} scrollToFirstError={{ focus: true }} initialValues={{ paper: 'id-card', relation: rules.who[0]?.id, concerned: '' }} onFinish={() => enter.mutate({ concerned: '', ...(form.getFieldsValue(true) as Words) })}>
        <div hidden={at !== 0}>
          <Form.Item name="applicant" label={t('private.applicant')} rules={[words, { min: 2 }]}><Input maxLength={64} autoComplete="off" /></Form.Item>
          <Form.Item name="paper" label={t('private.paper')}><Radio.Group options={PAPERS.map((value) => ({ value, label: t(`private.paperOf.${value}`) }))} /></Form.Item>
          <Form.Item name="paper_number" label={t('private.paperNumber')} extra={t('private.numberHint')} rules={[words, { min: 6 }]}><Input maxLength={40} autoComplete="off" /></Form.Item>
          <Form.Item name="relation" label={t('private.relation')} rules={[required]}><Radio.Group options={rules.who.map((one) => ({ value: one.id, label: word(one) }))} /></Form.Item>
          {!own && <Form.Item name="concerned" label={t('private.concerned')} rules={[words, { min: 2 }]}><Input maxLength={64} autoComplete="off" /></Form.Item>}
        </div>
        <div hidden={at !== 1}>
          <Form.Item name="ground" label={t('private.ground')} rules={[required]}><Radio.Group options={rules.grounds.map((one) => ({ value: one.id, label: word(one) }))} /></Form.Item>
          <Form.Item name="why" label={t('private.why')} rules={[words, { min: 4, message: t('access.useShort') }]}><Input.TextArea maxLength={500} autoSize={{ minRows: 2 }} placeholder={t('private.whyHint')} /></Form.Item>
          <Form.Item name="cameras" label={t('private.cameras')} rules={[required]}>
            <Select mode="multiple" loading={cameras.isPending} showSearch={{ optionFilterProp: 'label' }} options={(cameras.data ?? []).map((camera) => ({ value: camera.id, label: [camera.name, camera.place].filter(Boolean).join(' · ') }))} />
          </Form.Item>
          <Form.Item name="range" label={t('private.period')} extra={`${t('private.longest', { hours: rules.longest_s / 3600 })} · ${zone()}`} rules={[required]}><TimeRange maxDate={dayjs()} /></Form.Item>
        </div>
        {at === 2 && (
          <>
            <Facts
              facts={[
                { key: 'applicant', label: t('private.applicant'), value: <span className="wrap">{all.applicant}</span> },
                { key: 'paper', label: t('private.paper'), value: `${t(`private.paperOf.${all.paper ?? 'other'}`)} ${all.paper_number ?? ''}` },
                { key: 'relation', label: t('private.relation'), value: named(rules.who, all.relation) },
                { key: 'concerned', label: t('private.concerned'), value: own ? null : all.concerned },
                { key: 'ground', label: t('private.ground'), value: named(rules.grounds, all.ground) },
                { key: 'cameras', label: t('private.cameras'), value: (all.cameras ?? []).map((id) => cameras.data?.find((one) => one.id === id)?.name ?? id).join('、') },
                { key: 'period', label: t('private.period'), value: all.range === undefined ? null : `${stamp(all.range[0].valueOf())} → ${stamp(all.range[1].valueOf())}` },
                { key: 'why', label: t('private.why'), value: <span className="wrap">{all.why}</span> },
              ]}
            />
            <Alert type="info" className="spaced" title={t('private.follows')} />
          </>
        )}
        {enter.error !== null && <Problem problem={enter.error} />}
        <div className="row">
          {at > 0 && <Button size="large" onClick={() => setAt(at - 1)}>{t('private.back')}</Button>}
          {at < 2 ? <Button key="next" type="primary" size="large" onClick={next}>{t('private.next')}</Button> : <Button key="submit" type="primary" size="large" htmlType="submit" loading={enter.isPending}>{t('private.submit')}</Button>}
        </div>
      </Form>
    </section>
  )
}
