/** The versions of construction plans that may be seen, coverage above them, and the government's way to a new one. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { Alert, Button, Form, Input, Modal, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { getListAccusableOrgansQueryOptions, getListPlansQueryKey, getListPlansQueryOptions, organisePlan, type PlanState } from '../api/generated'
import { useSession } from '../frame/context'
import { ArticleChip, Problem, StateMark, type Standing } from '../frame/parts'
import { QueryPage } from '../frame/query'
import { has } from '../frame/roles'
import { Coverage } from './coverage'
import './words'

const STANDING: Record<PlanState, Standing> = { draft: 'active', circulated: 'active', adopted: 'active', published: 'met', superseded: 'unknown', withdrawn: 'unknown' }

export function PlanStateMark(props: { state: PlanState }) {
  const { t } = useTranslation()
  return <StateMark standing={STANDING[props.state]}>{t(`plan.state.${props.state}`)}</StateMark>
}

interface Words {
  title: string
  urban: string
  number: string
  departments: string[]
}

function Organise(props: { onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const navigate = useNavigate()
  const [form] = Form.useForm<Words>()
  const organs = useQuery(getListAccusableOrgansQueryOptions())
  const act = useMutation({
    mutationFn: (words: Words) =>
      organisePlan({ title: words.title, urban_plan: { name: words.urban ?? '', number: words.number ?? '', attachment: '' }, departments: words.departments }),
    onSuccess: async (plan) => {
      await client.invalidateQueries({ queryKey: getListPlansQueryKey() })
      void navigate({ to: '/plan/$id', params: { id: plan.id } })
    },
  })
  const required = [{ required: true, message: t('common.required') }]
  return (
    <Modal open title={t('plan.organise')} okText={t('plan.organise')} cancelText={t('common.cancel')} onCancel={props.onClose} onOk={() => form.submit()} confirmLoading={act.isPending}>
      <Alert type="info" className="spaced" title={t('plan.follows.organise')} />
      <Form<Words> form={form} layout="vertical" requiredMark={false} onFinish={(words) => act.mutate(words)}>
        <Form.Item name="title" label={t('plan.name')} rules={required}><Input maxLength={120} /></Form.Item>
        <Form.Item name="urban" label={<span className="row">{t('plan.urbanPlan')}<ArticleChip matter="urban_plan" /></span>}><Input maxLength={120} /></Form.Item>
        <Form.Item name="number" label={t('plan.urbanNumber')}><Input maxLength={80} /></Form.Item>
        <Form.Item name="departments" label={t('plan.departments')} rules={required}>
          <Select mode="multiple" optionFilterProp="label" options={(organs.data ?? []).filter((organ) => organ.kind === 'department').map((organ) => ({ value: organ.id, label: organ.name }))} />
        </Form.Item>
        {act.error !== null && <Problem problem={act.error} />}
      </Form>
    </Modal>
  )
}

export function PlansPage() {
  const { t } = useTranslation()
  const session = useSession()
  const answer = useQuery(getListPlansQueryOptions())
  const [asking, setAsking] = useState(false)
  const act = has(session, 'planner') && <Button type="primary" onClick={() => setAsking(true)}>{t('plan.organise')}</Button>
  return (
    <>
      <QueryPage
        title={t('plan.title')}
        purpose={t('plan.purpose')}
        act={act}
        fields={[]}
        answer={answer}
        above={<Coverage />}
        empty={{ text: t('plan.empty'), act }}
        rowKey={(plan) => plan.id}
        columns={[
          { key: 'title', title: t('plan.name'), card: 'head', render: (plan) => <Link to="/plan/$id" params={{ id: plan.id }}>{plan.title}</Link> },
          { key: 'version', title: t('plan.version'), render: (plan) => t('plan.versionN', { n: plan.version }) },
          { key: 'state', title: t('common.state'), card: 'mark', render: (plan) => <PlanStateMark state={plan.state} /> },
          { key: 'government', title: t('plan.government'), render: (plan) => plan.government },
          { key: 'items', title: t('plan.items'), align: 'right', render: (plan) => plan.items },
          { key: 'adopted', title: t('plan.adopted'), render: (plan) => plan.adopted_on ?? t('common.none') },
          { key: 'published', title: t('plan.published'), render: (plan) => plan.published_on ?? t('common.none') },
        ]}
      />
      {asking && <Organise onClose={() => setAsking(false)} />}
    </>
  )
}
