/** Why may X see Y, in words; who may see a camera, what a person may see. Each question enters the ledger. */
import { useMutation, useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { Button, Form, Select, Tabs } from 'antd'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'

import { explainRight, getListRightsChoicesQueryOptions, listRightsAboutCamera, listRightsOfPerson, type Act, type ChoicesOut, type NamedOut, type Question } from '../api/generated'
import '../audit/audit.css'
import '../audit/words'
import { Answered, ArticleChip, PageHead, Problem } from '../frame/parts'
import { Explained } from './explained'
import { AboutCamera, OfPerson } from './listed'

export interface RightsSearch {
  camera?: string
  person?: string
  act?: string
}

const KINDS = ['camera', 'place', 'unit'] as const
const options = (named: readonly NamedOut[]) => named.map((one) => ({ value: one.id, label: one.name }))
const found = { optionFilterProp: 'label' } as const

interface Asking {
  person: string
  kind: Question['kind']
  object?: string
  act: Act
}

/** What stood in the address is asked at once, and once: each asking is an entry. */
function useOnce<Asked>(given: Asked | undefined, ask: (asked: Asked) => void): void {
  const done = useRef(false)
  useEffect(() => {
    if (given === undefined || done.current) return
    done.current = true
    ask(given)
  })
}

function Why(props: { choices: ChoicesOut; search: RightsSearch }) {
  const { t } = useTranslation()
  const { choices, search } = props
  const [form] = Form.useForm<Asking>()
  const kind = Form.useWatch('kind', form) ?? 'camera'
  const ask = useMutation({ mutationFn: (asked: Asking) => explainRight({ person: asked.person, act: asked.act, kind: asked.kind, object: asked.object ?? '' }) })
  const given = {
    kind: 'camera' as const,
    act: (search.act ?? 'view.live') as Act,
    ...(search.person === undefined ? {} : { person: search.person }),
    ...(search.camera === undefined ? {} : { object: search.camera }),
  }
  const whole = search.person !== undefined && search.camera !== undefined && search.act !== undefined
  useOnce(whole ? { person: search.person ?? '', kind: 'camera', object: search.camera ?? '', act: given.act } : undefined, ask.mutate)
  const required = [{ required: true, message: t('common.required') }]
  const changed = (change: Partial<Asking>): void => {
    if (change.kind === undefined) return
    form.setFieldValue('act', choices.acts[change.kind]?.[0])
    form.setFieldValue('object', undefined)
  }
  return (
    <>
      <Form form={form} layout="vertical" requiredMark={false} initialValues={given} onValuesChange={changed} onFinish={(asked) => ask.mutate(asked)} className="panel">
        <div className="grid-2">
          <Form.Item name="person" label={t('rights.person')} rules={required}><Select showSearch={found} placeholder={t('rights.choose')} options={options(choices.people)} /></Form.Item>
          <Form.Item name="kind" label={t('rights.kind')}><Select options={KINDS.map((value) => ({ value, label: t(`rights.${value}`) }))} /></Form.Item>
          {kind !== 'unit' && <Form.Item name="object" label={t(`rights.${kind}`)} rules={required}><Select showSearch={found} placeholder={t('rights.choose')} options={options(kind === 'camera' ? choices.cameras : choices.places)} /></Form.Item>}
          <Form.Item name="act" label={t('rights.act')} rules={required}><Select options={(choices.acts[kind] ?? []).map((value) => ({ value, label: t(`rightAct.${value.replaceAll('.', '_')}`, { defaultValue: value }) }))} /></Form.Item>
        </div>
        <Button type="primary" htmlType="submit" loading={ask.isPending}>{t('rights.ask')}</Button>
      </Form>
      {ask.error !== null && <Problem problem={ask.error} />}
      {ask.data !== undefined && <Explained answer={ask.data} />}
    </>
  )
}

/** One choice and what it lists. */
function Listed(props: { what: 'camera' | 'person'; of: readonly NamedOut[]; given: string | undefined }) {
  const { t } = useTranslation()
  const { what, given } = props
  const [form] = Form.useForm<{ id: string }>()
  const ask = useMutation({ mutationFn: async (id: string) => (what === 'camera' ? listRightsAboutCamera({ camera: id }) : listRightsOfPerson({ person: id })) })
  useOnce(given, ask.mutate)
  return (
    <>
      <Form form={form} layout="vertical" requiredMark={false} initialValues={given === undefined ? {} : { id: given }} onFinish={({ id }) => ask.mutate(id)} className="panel">
        <Form.Item name="id" label={t(`rights.${what}`)} rules={[{ required: true, message: t('common.required') }]}>
          <Select showSearch={found} placeholder={t('rights.choose')} options={options(props.of)} style={{ maxWidth: 420 }} />
        </Form.Item>
        <Button type="primary" htmlType="submit" loading={ask.isPending}>{t('rights.ask')}</Button>
      </Form>
      {ask.error !== null && <Problem problem={ask.error} />}
      {ask.data !== undefined && (what === 'camera' ? <AboutCamera rights={ask.data} camera={ask.variables ?? ''} /> : <OfPerson rights={ask.data} person={ask.variables ?? ''} />)}
    </>
  )
}

export function RightsPage() {
  const { t } = useTranslation()
  const search = useSearch({ strict: false }) as RightsSearch
  const choices = useQuery(getListRightsChoicesQueryOptions())
  const tab = search.act !== undefined ? 'why' : search.camera !== undefined ? 'ofCamera' : search.person !== undefined ? 'ofPerson' : 'why'
  return (
    <div className="page">
      <PageHead title={t('nav.rights')} purpose={t('rights.purpose')} act={<ArticleChip matter="register" />} />
      <Answered answer={choices}>
        {(known) => (
          <Tabs
            key={JSON.stringify(search)}
            defaultActiveKey={tab}
            items={[
              { key: 'why', label: t('rights.why'), children: <Why choices={known} search={search} /> },
              { key: 'ofCamera', label: t('rights.ofCamera'), children: <Listed what="camera" of={known.cameras} given={search.act === undefined ? search.camera : undefined} /> },
              { key: 'ofPerson', label: t('rights.ofPerson'), children: <Listed what="person" of={known.people} given={search.act === undefined ? search.person : undefined} /> },
            ]}
          />
        )}
      </Answered>
    </div>
  )
}
