/** New credentials for who lost the own: one administrator asks, one of another kind confirms when the person stands there. */
import { useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input, Popconfirm } from 'antd'
import { useTranslation } from 'react-i18next'

import { getListRecoveriesQueryKey, useConfirmRecovery, useListRecoveries, useResetCredentials, type EnrolmentOut, type PersonOut, type RecoveryForm } from '../api/generated'
import { useSession } from '../frame/context'
import { Problem, StateMark } from '../frame/parts'
import { has } from '../frame/roles'
import { stamp } from '../frame/time'
import { Dialog } from '../organs/forms'

const LOOK_MS = 10_000

export function AskRecovery(props: { person: PersonOut; onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [form] = Form.useForm<RecoveryForm>()
  const ask = useResetCredentials({
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: getListRecoveriesQueryKey() })
      props.onClose()
    },
  })
  return (
    <Dialog title={`${t('people.reset')} · ${props.person.display_name}`} follows={t('administrators.askFollows')} form={form} initial={{}} pending={ask.isPending} problem={ask.error} onClose={props.onClose} onFinish={(data) => ask.mutate({ person: props.person.id, data })}>
      <Form.Item name="why" label={t('administrators.why')} rules={[{ required: true, message: t('common.required') }]}><Input maxLength={200} /></Form.Item>
    </Dialog>
  )
}

export function Recoveries(props: { onEnrolled: (enrolment: EnrolmentOut) => void }) {
  const { t } = useTranslation()
  const session = useSession()
  const client = useQueryClient()
  const waiting = useListRecoveries({ refetchInterval: LOOK_MS })
  const confirm = useConfirmRecovery({
    onSuccess: async (enrolment) => {
      await client.invalidateQueries({ queryKey: getListRecoveriesQueryKey() })
      props.onEnrolled(enrolment)
    },
  })
  if (waiting.data === undefined || waiting.data.length === 0) return null
  return (
    <section className="panel">
      <h2>{t('administrators.waiting')}</h2>
      <p className="secondary">{t('administrators.waitingHint')}</p>
      {confirm.error !== null && <Problem problem={confirm.error} />}
      <ul className="plain">
        {waiting.data.map((one) => (
          <li key={one.id}>
            <StateMark standing="soon">{one.person_name}</StateMark>
            <span className="wrap">{one.why}</span>
            <span className="secondary">{t('administrators.asked', { name: one.asker_name, time: stamp(one.asked_ms), until: stamp(one.ends_ms) })}</span>
            <span className="spring" />
            {has(session, 'security', 'auditor') && one.asker !== session.person.id && one.person !== session.person.id && (
              <Popconfirm title={t('administrators.confirmAsk', { name: one.person_name })} okText={t('administrators.confirm')} cancelText={t('common.cancel')} onConfirm={() => confirm.mutate({ recovery: one.id })}>
                <Button size="small" type="primary">{t('administrators.confirm')}</Button>
              </Popconfirm>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}
