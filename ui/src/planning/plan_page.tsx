/** One version of a plan: what is lawful next, its opinions, items and history. Each dialog says what follows. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { Alert, App, Form, Input, Modal, Radio } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import {
  adoptPlan, circulatePlan, countersignPlan, getListPlansQueryKey, getReadPlanQueryKey, getReadPlanQueryOptions, giveUpPlan, publishPlan, returnPlan, revisePlan,
  type CountersignOut, type PlanPageOut, type StepOut,
} from '../api/generated'
import { EntityPage } from '../frame/entity'
import { Answered, ArticleChip, Problem, StateMark } from '../frame/parts'
import { Items } from './items'
import { PlanStateMark } from './plan_list'
import './words'

interface Words {
  why?: string
  agreed?: boolean
  opinion?: string
  number?: string
  on?: string
  settled?: string
  urban?: string
  urbanNumber?: string
}

type FieldName = keyof Words

const WHY: FieldName[] = ['why']

/** What each step asks, and how it is sent; a step that is not here has a place of its own on the page. */
const ASKED: Record<string, { fields: FieldName[]; send: (plan: string, words: Words) => Promise<PlanPageOut> }> = {
  circulate: { fields: [], send: (plan) => circulatePlan(plan) },
  countersign: { fields: ['agreed', 'opinion'], send: (plan, words) => countersignPlan(plan, { agreed: words.agreed ?? false, opinion: words.opinion ?? '' }) },
  revise: { fields: WHY, send: (plan, words) => revisePlan(plan, { why: words.why ?? '' }) },
  return: { fields: WHY, send: (plan, words) => returnPlan(plan, { why: words.why ?? '' }) },
  give_up: { fields: WHY, send: (plan, words) => giveUpPlan(plan, { why: words.why ?? '' }) },
  adopt: { fields: ['number', 'on', 'settled'], send: (plan, words) => adoptPlan(plan, { number: words.number ?? '', on: words.on ?? '', settled: words.settled ?? '' }) },
  publish: { fields: ['urban', 'urbanNumber'], send: (plan, words) => publishPlan(plan, { urban_plan: { name: words.urban ?? '', number: words.urbanNumber ?? '', attachment: '' } }) },
}

function Ask(props: { plan: PlanPageOut; step: StepOut; onClose: () => void }) {
  const { t, i18n } = useTranslation()
  const { message } = App.useApp()
  const client = useQueryClient()
  const [form] = Form.useForm<Words>()
  const { plan, step } = props
  const asked = ASKED[step.step]
  const objected = plan.countersigns.some((one) => one.agreed === false)
  const title = i18n.language === 'en-US' ? step.label_en : step.label
  const act = useMutation({
    mutationFn: async (words: Words) => asked?.send(plan.id, words),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: getReadPlanQueryKey(plan.id) })
      await client.invalidateQueries({ queryKey: getListPlansQueryKey() })
      message.success(t('plan.done', { step: title }))
      props.onClose()
    },
  })
  const required = [{ required: true, message: t('common.required') }]
  const text = <Input.TextArea maxLength={1000} autoSize={{ minRows: 2 }} />
  const agreed = Form.useWatch('agreed', form)
  const field: Record<FieldName, React.ReactNode> = {
    why: <Form.Item key="why" name="why" label={t('plan.why')} rules={required}>{text}</Form.Item>,
    agreed: <Form.Item key="agreed" name="agreed" label={t('plan.agree')} rules={required}><Radio.Group options={[{ value: true, label: t('plan.agreed') }, { value: false, label: t('plan.objected') }]} /></Form.Item>,
    opinion: <Form.Item key="opinion" name="opinion" label={t('plan.opinion')} rules={agreed === false ? required : []}>{text}</Form.Item>,
    number: <Form.Item key="number" name="number" label={t('plan.number')} rules={required}><Input maxLength={80} /></Form.Item>,
    on: <Form.Item key="on" name="on" label={t('plan.on')} rules={required}><Input type="date" /></Form.Item>,
    settled: objected ? <Form.Item key="settled" name="settled" label={t('plan.settled')} rules={required}>{text}</Form.Item> : null,
    urban: <Form.Item key="urban" name="urban" label={<span className="row">{t('plan.urbanPlan')}<ArticleChip matter="urban_plan" /></span>} rules={required}><Input maxLength={120} /></Form.Item>,
    urbanNumber: <Form.Item key="urbanNumber" name="urbanNumber" label={t('plan.urbanNumber')} rules={required}><Input maxLength={80} /></Form.Item>,
  }
  return (
    <Modal open title={title} okText={title} cancelText={t('common.cancel')} onCancel={props.onClose} onOk={() => form.submit()} confirmLoading={act.isPending} okButtonProps={{ danger: step.step === 'give_up' }}>
      <Alert type="info" className="spaced" title={t(`plan.follows.${step.step}`)} action={<ArticleChip article={step.article} />} />
      <Form<Words> form={form} layout="vertical" requiredMark={false} onFinish={(words) => act.mutate(words)} initialValues={{ urban: plan.urban_plan.name, urbanNumber: plan.urban_plan.number }}>
        {asked?.fields.map((name) => field[name])}
        {act.error !== null && <Problem problem={act.error} />}
      </Form>
    </Modal>
  )
}

function Opinion(props: { one: CountersignOut }) {
  const { t } = useTranslation()
  const { one } = props
  const standing = one.agreed === null ? 'unknown' : one.agreed ? 'met' : 'soon'
  return (
    <li>
      <span className="wrap">{one.organ.name}</span>
      <StateMark standing={standing}>{t(one.agreed === null ? 'plan.pending' : one.agreed ? 'plan.agreed' : 'plan.objected')}</StateMark>
      <span className="wrap">{one.opinion}</span>
      <span className="spring" />
      <span className="secondary">{one.by} {one.on}</span>
    </li>
  )
}

export function PlanPage() {
  const { t } = useTranslation()
  const { id = '' } = useParams({ strict: false })
  const answer = useQuery(getReadPlanQueryOptions(id))
  const [asking, setAsking] = useState<StepOut | null>(null)
  return (
    <Answered answer={answer}>
      {(plan) => {
        const compile = plan.steps.find((step) => step.step === 'compile')
        return (
          <>
            <EntityPage
              title={plan.title}
              purpose={t('plan.versionN', { n: plan.version })}
              mark={<PlanStateMark state={plan.state} />}
              steps={plan.steps.filter((step) => step.step !== 'compile' || !step.may)}
              onStep={(name) => setAsking(plan.steps.find((step) => step.step === name) ?? null)}
              factsMatter="plan"
              facts={[
                { key: 'government', label: t('plan.government'), value: plan.government },
                { key: 'territory', label: t('plan.territory'), value: plan.territory },
                { key: 'urban', label: t('plan.urbanPlan'), value: [plan.urban_plan.name, plan.urban_plan.number].filter((text) => text !== '').join(' ') },
                { key: 'number', label: t('plan.number'), value: plan.adoption_number },
                { key: 'adopted', label: t('plan.adopted'), value: plan.adopted_on },
                { key: 'published', label: t('plan.published'), value: plan.published_on },
                { key: 'note', label: t('plan.note'), value: plan.note },
              ]}
              history={plan.history.map((line) => ({ index: line.index, at_ms: line.at_ms, what: t(`plan.past.${line.kind.replace('plan.', '')}`, { defaultValue: line.kind }), person: line.actor }))}
              asOf_ms={answer.dataUpdatedAt}
            >
              <section className="panel">
                <h2>{t('plan.opinions')}</h2>
                <ul className="plain">{plan.countersigns.map((one) => <Opinion key={one.organ.id} one={one} />)}</ul>
              </section>
              <Items plan={plan} compiling={compile?.may === true} />
            </EntityPage>
            {asking !== null && <Ask plan={plan} step={asking} onClose={() => setAsking(null)} />}
          </>
        )
      }}
    </Answered>
  )
}
