/** What the administrator does with organs: put on record, change, move, appoint; each says what follows. */
import { useQueryClient } from '@tanstack/react-query'
import { Alert, Form, Input, Modal, Select, type FormInstance } from 'antd'
import { useEffect, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { Refusal } from '../api/client'
import {
  getListOrgansQueryKey, getReadOrganQueryKey, useAddOrgan, useAppointAdministrator, useChangeOrgan, useMoveOrgan,
  type EnrolmentOut, type NewAdministrator, type NewOrgan, type OrganFacts, type OrganKind, type OrganList, type OrganRecord,
} from '../api/generated'
import { Problem } from '../frame/parts'

const KINDS: OrganKind[] = ['unit', 'government', 'public_security', 'state_security', 'department']

export const useKinds = (): { value: OrganKind; label: string }[] => {
  const { t } = useTranslation()
  return KINDS.map((kind) => ({ value: kind, label: t(`organKind.${kind}`) }))
}

export const useSectors = (known: OrganList['sectors']): { value: string; label: string }[] => {
  const { i18n } = useTranslation()
  return known.map((sector) => ({ value: sector.id, label: i18n.language === 'en-US' ? sector.name_en : sector.name }))
}

function useChanged(): () => Promise<void> {
  const client = useQueryClient()
  return async () => {
    await client.invalidateQueries({ queryKey: getListOrgansQueryKey() })
    await client.invalidateQueries({ predicate: ({ queryKey }) => String(queryKey[0]).startsWith(getReadOrganQueryKey('')[0]) })
  }
}

interface DialogProps<Words> {
  title: string
  follows: string
  form: FormInstance<Words>
  initial?: Partial<Words>
  pending: boolean
  problem: unknown
  /** Where a refusal stands whose field the form calls otherwise, by code. */
  fields?: Record<string, string>
  onClose: () => void
  onFinish: (words: Words) => void
  children: ReactNode
}

/** A form that says what will follow; a refusal stands at its field where it has one. */
export function Dialog<Words extends object>(props: DialogProps<Words>) {
  const { t } = useTranslation()
  const { form, problem, fields } = props
  useEffect(() => {
    if (!(problem instanceof Refusal)) return
    const field = fields?.[problem.facts.code] ?? problem.facts.field ?? ''
    if (field === '' || !(field in (form.getFieldsValue() as object))) return
    form.setFields([{ name: field as never, errors: [problem.text] }])
    form.scrollToField(field as never, { focus: true })
  }, [form, problem, fields])
  return (
    <Modal open title={props.title} okText={props.title} cancelText={t('common.cancel')} onCancel={props.onClose} onOk={() => props.form.submit()} confirmLoading={props.pending}>
      <Form<Words> form={props.form} layout="vertical" requiredMark={false} {...(props.initial === undefined ? {} : { initialValues: props.initial })} onFinish={props.onFinish} scrollToFirstError={{ focus: true }}>
        <Alert type="info" className="spaced" title={props.follows} />
        {props.children}
        {props.problem !== null && props.problem !== undefined && <Problem problem={props.problem} />}
      </Form>
    </Modal>
  )
}

function FactFields(props: { sectors: OrganList['sectors']; locked?: boolean }) {
  const { t } = useTranslation()
  const locked = props.locked === true
  const required = [{ required: true, message: t('common.required') }]
  return (
    <>
      <Form.Item name="name" label={t('organs.name')} rules={required}><Input maxLength={100} disabled={locked} /></Form.Item>
      <Form.Item name="kind" label={t('organs.kind')} rules={required}><Select options={useKinds()} disabled={locked} /></Form.Item>
      <Form.Item name="territory" label={t('organs.territory')} extra={t('organs.territoryHint')}><Input maxLength={6} inputMode="numeric" disabled={locked} /></Form.Item>
      <Form.Item name="sector" label={t('organs.sector')} extra={t('organs.sectorHint')}><Select allowClear options={useSectors(props.sectors)} disabled={locked} /></Form.Item>
      <Form.Item name="credit_code" label={t('organs.creditCode')} extra={t('organs.creditHint')}><Input maxLength={18} /></Form.Item>
      <Form.Item name="address" label={t('organs.address')}><Input maxLength={200} /></Form.Item>
      <Form.Item name="contact" label={t('organs.contact')}><Input maxLength={200} /></Form.Item>
    </>
  )
}

function ParentField(props: { organs: readonly OrganRecord[]; except?: string }) {
  const { t } = useTranslation()
  const options = props.organs.filter((organ) => organ.id !== props.except).map((organ) => ({ value: organ.id, label: organ.name }))
  return <Form.Item name="parent" label={t('organs.parent')} extra={t('organs.parentHint')}><Select allowClear showSearch={{ optionFilterProp: 'label' }} options={options} /></Form.Item>
}

const AT_ADMINISTRATOR = { 'people.name-taken': 'admin_name', 'name.form': 'admin_name' }

interface AddWords extends OrganFacts {
  parent?: string
  admin_name: string
  admin_display: string
}

const facts = (words: OrganFacts): OrganFacts => ({
  name: words.name, kind: words.kind, territory: words.territory ?? '', sector: words.sector ?? '',
  credit_code: words.credit_code ?? '', address: words.address ?? '', contact: words.contact ?? '',
})

export function AddOrgan(props: { list: OrganList; onClose: () => void; onEnrolled: (enrolment: EnrolmentOut) => void }) {
  const { t } = useTranslation()
  const changed = useChanged()
  const [form] = Form.useForm<AddWords>()
  const add = useAddOrgan({
    onSuccess: async (added) => {
      await changed()
      props.onClose()
      props.onEnrolled(added.enrolment)
    },
  })
  const finish = (words: AddWords): void => {
    const data: NewOrgan = { ...facts(words), parent: words.parent ?? null, administrator: { name: words.admin_name, display_name: words.admin_display } }
    add.mutate({ data })
  }
  const required = [{ required: true, message: t('common.required') }]
  return (
    <Dialog title={t('organs.add')} follows={t('organs.addFollows')} form={form} initial={{ kind: 'unit' }} pending={add.isPending} problem={add.error} fields={AT_ADMINISTRATOR} onClose={props.onClose} onFinish={finish}>
      <FactFields sectors={props.list.sectors} />
      <ParentField organs={props.list.organs} />
      <Form.Item name="admin_name" label={`${t('organs.administrator')} · ${t('setup.name')}`} rules={required}><Input maxLength={64} autoComplete="off" /></Form.Item>
      <Form.Item name="admin_display" label={`${t('organs.administrator')} · ${t('setup.displayName')}`} extra={t('organs.administratorHint')} rules={required}><Input maxLength={64} autoComplete="off" /></Form.Item>
    </Dialog>
  )
}

export function ChangeOrgan(props: { organ: OrganRecord; sectors: OrganList['sectors']; keeps: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  const { organ } = props
  const changed = useChanged()
  const [form] = Form.useForm<OrganFacts>()
  const change = useChangeOrgan({
    onSuccess: async () => {
      await changed()
      props.onClose()
    },
  })
  return (
    <Dialog title={t('organs.change')} follows={t(props.keeps ? 'organs.changeFollows' : 'organs.ownOnly')} form={form} initial={facts(organ)} pending={change.isPending} problem={change.error} onClose={props.onClose} onFinish={(words) => change.mutate({ organ: organ.id, data: facts({ ...organ, ...words }) })}>
      <FactFields sectors={props.sectors} locked={!props.keeps} />
    </Dialog>
  )
}

export function MoveOrgan(props: { organ: OrganRecord; organs: readonly OrganRecord[]; onClose: () => void }) {
  const { t } = useTranslation()
  const changed = useChanged()
  const [form] = Form.useForm<{ parent?: string }>()
  const move = useMoveOrgan({
    onSuccess: async () => {
      await changed()
      props.onClose()
    },
  })
  return (
    <Dialog title={t('organs.move')} follows={t('organs.moveFollows')} form={form} initial={props.organ.parent === null ? {} : { parent: props.organ.parent }} pending={move.isPending} problem={move.error} onClose={props.onClose} onFinish={(words) => move.mutate({ organ: props.organ.id, data: { parent: words.parent ?? null } })}>
      <ParentField organs={props.organs} except={props.organ.id} />
    </Dialog>
  )
}

export function Appoint(props: { organ: OrganRecord; onClose: () => void; onEnrolled: (enrolment: EnrolmentOut) => void }) {
  const { t } = useTranslation()
  const [form] = Form.useForm<NewAdministrator>()
  const appoint = useAppointAdministrator({
    onSuccess: (enrolment) => {
      props.onClose()
      props.onEnrolled(enrolment)
    },
  })
  const required = [{ required: true, message: t('common.required') }]
  return (
    <Dialog title={t('organs.appoint')} follows={t('organs.appointFollows')} form={form} pending={appoint.isPending} problem={appoint.error} onClose={props.onClose} onFinish={(data) => appoint.mutate({ organ: props.organ.id, data })}>
      <Form.Item name="name" label={t('setup.name')} rules={required}><Input maxLength={64} autoComplete="off" /></Form.Item>
      <Form.Item name="display_name" label={t('setup.displayName')} rules={required}><Input maxLength={64} autoComplete="off" /></Form.Item>
    </Dialog>
  )
}
