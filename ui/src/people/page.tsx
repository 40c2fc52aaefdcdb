/** People, roles and credentials. Who administers or audits does nothing else; the server refuses other mixtures. */
import { useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button, Form, Input, Modal, Popconfirm, Select, Space } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import {
  getListPeopleQueryKey,
  useAddPerson,
  useChangePerson,
  useListPeople,
  useResetCredentials,
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

function Add(props: { onClose: () => void; onEnrolled: (enrolment: EnrolmentOut) => void }) {
  const { t } = useTranslation()
  const changed = useChanged()
  const [form] = Form.useForm<NewPerson>()
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
      <Form<NewPerson> form={form} layout="vertical" requiredMark={false} onFinish={(data) => add.mutate({ data })}>
        <Form.Item name="name" label={t('setup.name')} rules={required}><Input maxLength={64} autoComplete="off" /></Form.Item>
        <Form.Item name="display_name" label={t('setup.displayName')} rules={required}><Input maxLength={64} autoComplete="off" /></Form.Item>
        <RoleField />
        {add.error !== null && <Problem problem={add.error} />}
      </Form>
    </Modal>
  )
}

function Roles(props: { person: PersonOut; onClose: () => void }) {
  const { t } = useTranslation()
  const changed = useChanged()
  const [form] = Form.useForm<{ roles: Role[] }>()
  const change = useChangePerson({
    onSuccess: async () => {
      await changed()
      props.onClose()
    },
  })
  return (
    <Modal open title={`${t('people.roles')} · ${props.person.display_name}`} okText={t('common.save')} cancelText={t('common.cancel')} onCancel={props.onClose} onOk={() => form.submit()} confirmLoading={change.isPending}>
      <Form form={form} layout="vertical" requiredMark={false} initialValues={{ roles: props.person.roles }} onFinish={(data) => change.mutate({ person: props.person.id, data })}>
        <RoleField />
        {change.error !== null && <Problem problem={change.error} />}
      </Form>
    </Modal>
  )
}

export function PeoplePage() {
  const { t, i18n } = useTranslation()
  const session = useSession()
  const answer = useListPeople()
  const changed = useChanged()
  const [adding, setAdding] = useState(false)
  const [roles, setRoles] = useState<PersonOut | null>(null)
  const [enrolment, setEnrolment] = useState<EnrolmentOut | null>(null)
  const disable = useChangePerson({ onSuccess: changed })
  const reset = useResetCredentials({ onSuccess: setEnrolment })
  const may = has(session, 'administrator')
  const problem = disable.error ?? reset.error
  const acts: Column<PersonOut> = {
    key: 'acts',
    title: t('people.acts'),
    card: 'wide',
    render: (person) =>
      person.id === session.person.id ? <span className="secondary">{t('people.oneself')}</span> : (
        <Space wrap>
          <Button size="small" onClick={() => setRoles(person)}>{t('people.changeRoles')}</Button>
          <Popconfirm title={t('people.resetAsk', { name: person.display_name })} okText={t('people.reset')} cancelText={t('common.cancel')} onConfirm={() => reset.mutate({ person: person.id })}>
            <Button size="small">{t('people.reset')}</Button>
          </Popconfirm>
          <Popconfirm title={t(person.disabled ? 'people.enableAsk' : 'people.disableAsk', { name: person.display_name })} okText={t(person.disabled ? 'people.enable' : 'people.disable')} cancelText={t('common.cancel')} onConfirm={() => disable.mutate({ person: person.id, data: { disabled: !person.disabled } })}>
            <Button size="small" danger={!person.disabled}>{t(person.disabled ? 'people.enable' : 'people.disable')}</Button>
          </Popconfirm>
        </Space>
      ),
  }
  return (
    <div className="page">
      <PageHead title={t('nav.people')} purpose={t('people.purpose')} act={may && <Button type="primary" onClick={() => setAdding(true)}>{t('people.add')}</Button>} />
      {problem !== null && <Problem problem={problem} />}
      <Answered answer={answer}>
        {(people) => (
          <Listing
            rows={people}
            rowKey={(person) => person.id}
            columns={[
              { key: 'display', title: t('setup.displayName'), card: 'head', render: (person) => <Link to="/people/$id" params={{ id: person.id }}>{person.display_name}</Link> },
              { key: 'name', title: t('setup.name'), render: (person) => person.name },
              { key: 'roles', title: t('people.roles'), render: (person) => person.roles.map((role) => t(`role.${role}`)).join(i18n.language === 'zh-CN' ? '、' : ', ') || t('posts.noRole') },
              { key: 'state', title: t('common.state'), card: 'mark', render: (person) => <StateMark standing={person.disabled ? 'unknown' : person.enrolled ? 'met' : 'active'}>{t(person.disabled ? 'people.disabled' : person.enrolled ? 'people.enabled' : 'people.waiting')}</StateMark> },
              ...(may ? [acts] : []),
            ]}
          />
        )}
      </Answered>
      {adding && <Add onClose={() => setAdding(false)} onEnrolled={setEnrolment} />}
      {roles !== null && <Roles person={roles} onClose={() => setRoles(null)} />}
      {enrolment !== null && <Enrolled enrolment={enrolment} onClose={() => setEnrolment(null)} />}
    </div>
  )
}
