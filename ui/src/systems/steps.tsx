/** The steps of a system that are asked for in a dialog: each says what follows, and asks for its day or its words. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Form, Input, Modal, Select } from 'antd'
import { useTranslation } from 'react-i18next'

import {
  buildSystem, changeSystem, deliverSystem, designSystem, getEarliestRemovalQueryOptions, giveRemovalNotice, recordUnnoticedRemoval, retireSystem, superviseDisposal, takeSystemDown, withdrawRemoval,
  type ChangedForm, type DisposalForm, type SystemOut,
} from '../api/generated'
import { ArticleChip, Problem } from '../frame/parts'

interface Words {
  on?: string
  matter?: ChangedForm['matter']
  before?: string
  after?: string
  why?: string
  by?: string
  ground?: string
  plan?: string
  form?: DisposalForm['form']
  fate?: DisposalForm['fate']
  officers?: string
  result?: string
}

type Field = keyof Words
const text = (words: Words, field: Field): string => String(words[field] ?? '').trim()
const removalOf = (system: SystemOut): string => system.removals[0]?.id ?? ''

interface Asked {
  fields: readonly Field[]
  act: (system: SystemOut, words: Words) => Promise<unknown>
  danger?: boolean
}

/** What each step asks and does; `file` has a page of its own. */
const ASKED: Record<string, Asked> = {
  design: { fields: ['on'], act: (system, words) => designSystem(system.id, { on: text(words, 'on') }) },
  build: { fields: ['on'], act: (system, words) => buildSystem(system.id, { on: text(words, 'on') }) },
  deliver: { fields: ['on'], act: (system, words) => deliverSystem(system.id, { on: text(words, 'on') }) },
  change: {
    fields: ['matter', 'before', 'after', 'why', 'by', 'on'],
    act: (system, words) =>
      changeSystem(system.id, {
        changes: [{ matter: words.matter ?? 'purpose', before: text(words, 'before'), after: text(words, 'after') }],
        why: text(words, 'why'), decided_by: text(words, 'by'), decided_on: text(words, 'on'),
      }),
  },
  notice: {
    fields: ['ground', 'on', 'plan'],
    act: (system, words) => giveRemovalNotice({ system: system.id, ground: text(words, 'ground'), planned_on: text(words, 'on'), data_plan: text(words, 'plan') }),
  },
  withdraw: { fields: [], act: (system) => withdrawRemoval(removalOf(system)) },
  take_down: { fields: ['on'], act: (system, words) => takeSystemDown(removalOf(system), { on: text(words, 'on') }), danger: true },
  removed: {
    fields: ['on', 'ground', 'plan'],
    act: (system, words) => recordUnnoticedRemoval({ system: system.id, on: text(words, 'on'), ground: text(words, 'ground'), data_plan: text(words, 'plan') }),
    danger: true,
  },
  dispose: {
    fields: ['on', 'form', 'fate', 'officers', 'result'],
    act: (system, words) =>
      superviseDisposal(removalOf(system), {
        on: text(words, 'on'), form: words.form ?? 'on_site', fate: words.fate ?? 'kept_by_unit', result: text(words, 'result'),
        officers: text(words, 'officers').split(/[、,，]/).map((name) => name.trim()).filter((name) => name !== ''),
      }),
  },
  retire: { fields: [], act: (system) => retireSystem(system.id), danger: true },
}

export const asks = (step: string): boolean => step in ASKED

export function StepDialog(props: { system: SystemOut; step: string; onClose: () => void }) {
  const { t, i18n } = useTranslation()
  const { message } = App.useApp()
  const client = useQueryClient()
  const [form] = Form.useForm<Words>()
  const { system, step } = props
  const asked = ASKED[step]
  const shown = system.steps.find((one) => one.step === step)
  const act = useMutation({
    mutationFn: async (words: Words) => asked?.act(system, words),
    onSuccess: async () => {
      message.success(t('systems.done'))
      await client.invalidateQueries()
      props.onClose()
    },
  })
  if (asked === undefined || shown === undefined) return null
  const title = i18n.language === 'en-US' ? shown.label_en : shown.label
  const labels: Record<Field, string> = {
    on: step === 'notice' ? t('removal.planned') : step === 'change' ? t('change.on') : t('systems.onDay'),
    matter: t('change.matter'), before: t('change.before'), after: t('change.after'), why: t('change.why'), by: t('change.by'), ground: t('removal.ground'), plan: t('removal.plan'), form: t('removal.form'), fate: t('removal.fate'), officers: t('removal.officers'), result: t('removal.result'),
  }
  const choices: Partial<Record<Field, { value: string; label: string }[]>> = {
    matter: (['purpose', 'position', 'cameras', 'retention', 'unit'] as const).map((value) => ({ value, label: t(`change.${value}`) })),
    form: (['on_site', 'remote', 'written'] as const).map((value) => ({ value, label: t(`removal.${value}`) })),
    fate: (['kept_by_unit', 'moved', 'handed_over'] as const).map((value) => ({ value, label: t(`removal.${value}`) })),
  }
  const hints: Partial<Record<Field, string>> = { ground: t('removal.groundHint'), plan: t('removal.planHint') }
  const input = (field: Field) => {
    if (field === 'on') return <Input type="date" {...(step === 'notice' ? { min: system.today } : { max: system.today })} />
    if (choices[field] !== undefined) return <Select options={choices[field]} />
    if (field === 'why' || field === 'ground' || field === 'plan' || field === 'result') return <Input.TextArea autoSize={{ minRows: 2 }} maxLength={500} placeholder={hints[field] ?? ''} />
    return <Input maxLength={500} />
  }
  return (
    <Modal
      open
      title={`${title} · ${system.name}`}
      okText={title}
      cancelText={t('common.cancel')}
      okButtonProps={{ danger: asked.danger === true }}
      confirmLoading={act.isPending}
      onCancel={props.onClose}
      onOk={() => form.submit()}
    >
      <Alert
        type="info"
        className="spaced"
        title={t('systems.follows')}
        description={<>{t(`systemStep.${step}`)} {shown.article !== '' && <ArticleChip article={shown.article} />}</>}
      />
      <Form<Words> form={form} layout="vertical" requiredMark={false} initialValues={step === 'notice' ? {} : { on: system.today }} onFinish={(words) => act.mutate(words)}>
        {asked.fields.map((field) => (
          <Form.Item key={field} name={field} label={labels[field]} rules={field === 'before' ? [] : [{ required: true, message: t('common.required') }]}>
            {input(field)}
          </Form.Item>
        ))}
        {step === 'notice' && <Form.Item noStyle shouldUpdate={(a: Words, b: Words) => a.on !== b.on}>{() => <Earliest system={system.id} planned={String(form.getFieldValue('on') ?? '')} />}</Form.Item>}
        {act.error !== null && <Problem problem={act.error} />}
      </Form>
    </Modal>
  )
}

/** The first lawful day, reckoned by the server, and what a shorter notice will be. */
function Earliest(props: { system: string; planned: string }) {
  const { t } = useTranslation()
  const { data } = useQuery(getEarliestRemovalQueryOptions({ system: props.system }))
  if (data === undefined) return null
  if (data.earliest_on === null) return <p className="secondary">{t('removal.noRule')}</p>
  const short = props.planned !== '' && props.planned < data.earliest_on
  return (
    <Alert
      className="spaced"
      type={short ? 'warning' : 'success'}
      showIcon
      title={t('removal.earliest', { day: data.earliest_on })}
      {...(props.planned === '' ? {} : { description: short ? t('removal.short', { day: data.earliest_on }) : t('removal.enough') })}
    />
  )
}
