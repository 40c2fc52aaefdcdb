/** The items of a plan: a table for everyone, and for the compiling organ a list that is saved as a whole. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Form, Input, InputNumber, Modal, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { compilePlan, getListPlaceKindsQueryOptions, getReadPlanQueryKey, type ItemIn, type PlanItemOut, type PlanPageOut } from '../api/generated'
import { Listing, type Column } from '../frame/listing'
import { ArticleChip, Nothing, Problem, StateMark } from '../frame/parts'
import './words'

interface Words {
  name: string
  kind: string
  part?: string
  cameras?: number
  longitude?: number
  latitude?: number
  due_on?: string
}

const kept = (item: PlanItemOut): ItemIn => ({
  id: item.id, name: item.name, kind: item.kind, part: item.part, territory: item.territory, place: item.place, unit: item.unit?.id ?? '',
  longitude: item.longitude, latitude: item.latitude, datum: item.datum, cameras: item.cameras, due_on: item.due_on,
})

function useKinds() {
  const { i18n } = useTranslation()
  const english = i18n.language === 'en-US'
  const { data } = useQuery(getListPlaceKindsQueryOptions({ staleTime: Infinity }))
  const named = (one: { name: string; name_en: string }): string => (english ? one.name_en : one.name)
  return { kinds: data ?? [], named, english }
}

function AddItem(props: { onClose: () => void; onAdd: (item: ItemIn) => void }) {
  const { t } = useTranslation()
  const { kinds, named } = useKinds()
  const [form] = Form.useForm<Words>()
  const chosen = Form.useWatch('kind', form)
  const kind = kinds.find((one) => one.id === chosen)
  const required = [{ required: true, message: t('common.required') }]
  const add = (words: Words): void => {
    props.onAdd({
      name: words.name, kind: words.kind, part: words.part ?? '', cameras: words.cameras ?? 0, longitude: words.longitude ?? null,
      latitude: words.latitude ?? null, due_on: words.due_on === undefined || words.due_on === '' ? null : words.due_on,
    })
    props.onClose()
  }
  return (
    <Modal open title={t('plan.add')} okText={t('plan.add')} cancelText={t('common.cancel')} onCancel={props.onClose} onOk={() => form.submit()}>
      <Form<Words> form={form} layout="vertical" requiredMark={false} onFinish={add}>
        <Form.Item name="name" label={t('plan.item')} rules={required}><Input maxLength={120} /></Form.Item>
        <Form.Item name="kind" label={t('plan.kind')} rules={required}>
          <Select showSearch optionFilterProp="label" options={kinds.map((one) => ({ value: one.id, label: `${one.category} ${named(one)}` }))} />
        </Form.Item>
        {kind !== undefined && kind.parts.length > 0 && (
          <Form.Item name="part" label={t('plan.part')}>
            <Select allowClear placeholder={t('plan.whole')} options={kind.parts.map((one) => ({ value: one.id, label: named(one) }))} />
          </Form.Item>
        )}
        {kind !== undefined && <p className="row">{t('plan.builder')}: {t(kind.builder === 'government' ? 'plan.government_builds' : 'plan.unit_builds')}<ArticleChip article={kind.builder_article} /></p>}
        <Form.Item name="cameras" label={t('plan.cameras')}><InputNumber min={0} max={10_000} precision={0} /></Form.Item>
        <div className="row">
          <Form.Item name="longitude" label={t('plan.longitude')}><InputNumber min={-180} max={180} step={0.0001} /></Form.Item>
          <Form.Item name="latitude" label={t('plan.latitude')}><InputNumber min={-90} max={90} step={0.0001} /></Form.Item>
        </div>
        <Form.Item name="due_on" label={t('plan.due')}><Input type="date" /></Form.Item>
      </Form>
    </Modal>
  )
}

function useColumns(onRemove?: (item: PlanItemOut) => void): Column<PlanItemOut>[] {
  const { t } = useTranslation()
  const { english } = useKinds()
  const columns: Column<PlanItemOut>[] = [
    { key: 'name', title: t('plan.item'), card: 'head', render: (item) => item.name },
    { key: 'kind', title: t('plan.kind'), render: (item) => (english ? item.kind_name_en : item.kind_name) },
    { key: 'part', title: t('plan.part'), render: (item) => (item.part === '' ? t('plan.whole') : english ? item.part_name_en : item.part_name) },
    {
      key: 'builder', title: t('plan.builder'),
      render: (item) => <span className="row">{item.builder === 'government' ? t('plan.government_builds') : (item.unit?.name ?? t('plan.nobody'))}<ArticleChip article={item.article} /></span>,
    },
    { key: 'cameras', title: t('plan.cameras'), align: 'right', render: (item) => item.cameras },
    { key: 'due', title: t('plan.due'), render: (item) => item.due_on ?? t('common.none') },
    { key: 'state', title: t('common.state'), card: 'mark', render: (item) => <StateMark standing={item.fulfilled ? 'met' : 'unknown'}>{t(item.fulfilled ? 'plan.fulfilled' : 'plan.unfulfilled')}</StateMark> },
  ]
  if (onRemove !== undefined) columns.push({ key: 'remove', title: '', render: (item) => <Button type="link" danger onClick={() => onRemove(item)}>{t('plan.remove')}</Button> })
  return columns
}

/** Edited while `compiling`: added and removed items are shown at once and saved together. */
export function Items(props: { plan: PlanPageOut; compiling: boolean }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const { plan } = props
  const [added, setAdded] = useState<ItemIn[]>([])
  const [removed, setRemoved] = useState<ReadonlySet<string>>(new Set())
  const [asking, setAsking] = useState(false)
  const save = useMutation({
    mutationFn: () => compilePlan(plan.id, { items: [...plan.listed.filter((item) => !removed.has(item.id)).map(kept), ...added] }),
    onSuccess: (page) => {
      client.setQueryData(getReadPlanQueryKey(plan.id), page)
      setAdded([])
      setRemoved(new Set())
    },
  })
  const changes = added.length + removed.size
  const columns = useColumns(props.compiling ? (item) => setRemoved(new Set([...removed, item.id])) : undefined)
  const shown = plan.listed.filter((item) => !removed.has(item.id))
  return (
    <section className="panel" aria-label={t('plan.items')}>
      <div className="panel-head">
        <h2>{t('plan.items')}</h2>
        {props.compiling && <Button onClick={() => setAsking(true)}>{t('plan.add')}</Button>}
      </div>
      {shown.length === 0 && added.length === 0 ? <Nothing text={t('plan.noItems')} /> : <Listing rows={shown} rowKey={(item) => item.id} columns={columns} />}
      {added.length > 0 && (
        <ul className="plain">
          {added.map((item, at) => (
            <li key={`${item.name}-${at}`}>
              <StateMark standing="active">{item.name}</StateMark>
              <span className="spring" />
              <Button type="link" danger onClick={() => setAdded(added.filter((_, other) => other !== at))}>{t('plan.remove')}</Button>
            </li>
          ))}
        </ul>
      )}
      {changes > 0 && (
        <Alert className="spaced" type="warning" title={t('plan.unsaved', { n: changes })} action={<Button type="primary" loading={save.isPending} onClick={() => save.mutate()}>{t('plan.save')}</Button>} />
      )}
      {save.error !== null && <Problem problem={save.error} />}
      {asking && <AddItem onClose={() => setAsking(false)} onAdd={(item) => setAdded([...added, item])} />}
    </section>
  )
}
