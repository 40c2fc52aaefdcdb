/** People of the unit: the system administrator makes accounts, the security administrator grants roles, two restore credentials. */
import { useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Alert, Button, Form, Input, Modal, Popconfirm, Select, Space } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import {
  getListPeopleQueryKey,
  useAddPerson,
  useChangePerson,
  useGrantRoles,
  useListOrgans,
  useListPeople,
  type EnrolmentOut,
  type NewPerson,
  type PersonOut,
  type Role,
} from '../api/generated'
import { useSession } from '../frame/context'
import { Listing, type Column } from '../frame/listing'
import { Answered, PageHead, Problem, StateMark } from '../frame/parts'
import { has } from '../frame/roles'
import { Enrolled } from './enrolled'
import { AskRecovery, Recoveries } from './recovery'
import { ROLES } from './roles'

function useChanged(): () => Promise<void> {
  const client = useQueryClient()
  return () => client.invalidateQueries({ queryKey: getListPeopleQueryKey() })
}

function RoleField() {
  const { t } = useTranslation()
  return (
    <Form.Item name="roles" label={t('people.roles')} extra={t('people.rolesHint')} rules={[{ required: true, message: t('common.required') }]}>
      <Select mode="multiple" options={ROLES.map((role) => ({ value: role, label: t(`role.${role}`) }))} />
    </Form.Item>
  )
}

/** Administrations that the unit never had: its first administrator names one each, then grants nothing more. */
const BEGINNINGS = ['security', 'auditor'] as const

function Add(props: { missing: Role[]; onClose: () => void; onEnrolled: (enrolment: EnrolmentOut) => void }) {
  const { t } = useTranslation()
  const changed = useChanged()
  const [form] = Form.useForm<NewPerson & { first?: Role }>()
  const add = useAddPerson({
    onSuccess: async (enrolment) => {
      await changed()
      props.onClose()
      props.onEnrolled(enrolment)
    },
  })
  const required = [{ required: true, message: t('common.required') }]
  return (
    <Modal open title={t('people.add')} okText={t('people.add')} cancelText={t('common.cancel')} onCancel={props.onClose} onOk={() => form.submit()} confirmLoading={add.isPending}>
      <p className="secondary">{t('administrators.addNote')}</p>
      <Form form={form} layout="vertical" requiredMark={false} onFinish={({ first, ...data }) => add.mutate({ data: { ...data, work_id: data.work_id ?? '', roles: first === undefined ? [] : [first] } })}>
        <Form.Item name="name" label={t('setup.name')} rules={required}><Input maxLength={64} autoComplete="off" /></Form.Item>
        <Form.Item name="display_name" label={t('setup.displayName')} rules={required}><Input maxLength={64} autoComplete="off" /></Form.Item>
        <Form.Item name="work_id" label={t('administrators.workId')} extra={t('administrators.workIdHint')}><Input maxLength={64} autoComplete="off" /></Form.Item>
        {props.missing.length > 0 && (
          <Form.Item name="first" label={t('administrators.first')} extra={t('administrators.firstHint')}>
            <Select allowClear options={props.missing.map((role) => ({ value: role, label: t(`role.${role}`) }))} />
          </Form.Item>
        )}
        {add.error !== null && <Problem problem={add.error} />}
      </Form>
    </Modal>
  )
}

function Roles(props: { person: PersonOut; onClose: () => void }) {
  const { t } = useTranslation()
  const changed = useChanged()
  const [form] = Form.useForm<{ roles: Role[] }>()
  const grant = useGrantRoles({
    onSuccess: async () => {
      await changed()
      props.onClose()
    },
  })
  return (
    <Modal open title={`${t('people.roles')} · ${props.person.display_name}`} okText={t('common.save')} cancelText={t('common.cancel')} onCancel={props.onClose} onOk={() => form.submit()} confirmLoading={grant.isPending}>
      <Form form={form} layout="vertical" requiredMark={false} initialValues={{ roles: props.person.roles }} onFinish={({ roles }) => grant.mutate({ person: props.person.id, data: { roles } })}>
        <RoleField />
        {grant.error !== null && <Problem problem={grant.error} />}
      </Form>
    </Modal>
  )
}

/** Of the unit that keeps the installation: whose people are shown, the own or those of a unit that it serves. */
function UnitField(props: { unit: string | undefined }) {
  const { t } = useTranslation()
  const session = useSession()
  const go = useNavigate()
  const organs = useListOrgans()
  const options = (organs.data?.organs ?? []).map((organ) => ({ value: organ.id, label: organ.id === session.unit.id ? `${organ.name} · ${t('served.own')}` : organ.name }))
  return (
    <p className="row">
      <Select showSearch optionFilterProp="label" aria-label={t('served.unit')} style={{ minWidth: 260, maxWidth: '100%' }} value={props.unit ?? session.unit.id} options={options} loading={organs.isPending} onChange={(unit) => void go({ to: '/people', search: unit === session.unit.id ? {} : { unit } })} />
      <span className="secondary">{t('served.purpose')}</span>
    </p>
  )
}

const UNKNOWN = 'authority.unknown-object'

export function PeoplePage() {
  const { t, i18n } = useTranslation()
  const session = useSession()
  const { unit } = useSearch({ strict: false })
  const answer = useListPeople(unit === undefined ? undefined : { unit })
  const changed = useChanged()
  const [adding, setAdding] = useState(false)
  const [roles, setRoles] = useState<PersonOut | null>(null)
  const [lost, setLost] = useState<PersonOut | null>(null)
  const [enrolment, setEnrolment] = useState<EnrolmentOut | null>(null)
  const disable = useChangePerson({ onSuccess: changed })
  const makes = has(session, 'administrator') && unit === undefined
  const elsewhere = unit !== undefined && answer.error?.facts.code === UNKNOWN
  const grants = has(session, 'security')
  const missing = BEGINNINGS.filter((role) => answer.data?.every((person) => !person.roles.includes(role)) === true)
  const acts: Column<PersonOut> = {
    key: 'acts',
    title: t('people.acts'),
    card: 'wide',
    render: (person) =>
      person.id === session.person.id ? <span className="secondary">{t('people.oneself')}</span> : (
        <Space wrap>
          {grants && <Button size="small" onClick={() => setRoles(person)}>{t('people.changeRoles')}</Button>}
          <Button size="small" onClick={() => setLost(person)}>{t('people.reset')}</Button>
          {makes && (
            <Popconfirm title={t(person.disabled ? 'people.enableAsk' : 'people.disableAsk', { name: person.display_name })} okText={t(person.disabled ? 'people.enable' : 'people.disable')} cancelText={t('common.cancel')} onConfirm={() => disable.mutate({ person: person.id, data: { disabled: !person.disabled } })}>
              <Button size="small" danger={!person.disabled}>{t(person.disabled ? 'people.enable' : 'people.disable')}</Button>
            </Popconfirm>
          )}
        </Space>
      ),
  }
  return (
    <div className="page">
      <PageHead title={t('nav.people')} purpose={t(grants ? 'administrators.grantsPurpose' : 'people.purpose')} act={makes && <Button type="primary" onClick={() => setAdding(true)}>{t('people.add')}</Button>} />
      {makes && missing.length > 0 && <Alert type="warning" showIcon className="spaced" title={t('administrators.missing', { roles: missing.map((role) => t(`role.${role}`)).join(i18n.language === 'zh-CN' ? '、' : ', ') })} description={t('administrators.missingHint')} action={<Button onClick={() => setAdding(true)}>{t('people.add')}</Button>} />}
      {disable.error !== null && <Problem problem={disable.error} />}
      {session.unit.keeps && <UnitField unit={unit} />}
      <Recoveries onEnrolled={setEnrolment} />
      {elsewhere ? <p className="secondary">{t('served.none')}</p> : <Answered answer={answer}>
        {(people) => (
          <Listing
            rows={people}
            rowKey={(person) => person.id}
            columns={[
              { key: 'display', title: t('setup.displayName'), card: 'head', render: (person) => <Link to="/people/$id" params={{ id: person.id }}>{person.display_name}</Link> },
              { key: 'name', title: t('setup.name'), render: (person) => person.name },
              { key: 'roles', title: t('people.roles'), render: (person) => person.roles.map((role) => t(`role.${role}`)).join(i18n.language === 'zh-CN' ? '、' : ', ') || t('posts.noRole') },
              { key: 'state', title: t('common.state'), card: 'mark', render: (person) => <StateMark standing={person.disabled ? 'unknown' : person.enrolled ? 'met' : 'active'}>{t(person.disabled ? 'people.disabled' : person.enrolled ? 'people.enabled' : 'people.waiting')}</StateMark> },
              ...(makes || grants ? [acts] : []),
            ]}
          />
        )}
      </Answered>}
      {adding && <Add missing={missing} onClose={() => setAdding(false)} onEnrolled={setEnrolment} />}
      {roles !== null && <Roles person={roles} onClose={() => setRoles(null)} />}
      {lost !== null && <AskRecovery person={lost} onClose={() => setLost(null)} />}
      {enrolment !== null && <Enrolled enrolment={enrolment} onClose={() => setEnrolment(null)} />}
    </div>
  )
}
