/** The own sessions and security keys: seen, named, added, removed, ended. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Form, Input, Popconfirm } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { askNewKey, getOwnSessionsQueryKey, registerKey, useChangePassword, useEndOtherSessions, useOwnSessions, useRemoveKey } from '../api/generated'
import { sessionQuery, setupQuery } from '../api/queries'
import { serverNow, useSession } from '../frame/context'
import { keysWork, newKey } from '../frame/keys'
import { Answered, Nothing, PageHead, Problem, StateMark } from '../frame/parts'
import { Passwords, useRules } from '../frame/setup'
import { stamp, zone } from '../frame/time'
import { Dialog } from '../organs/forms'

function AddKey(props: { onClose: () => void; onDone: () => Promise<void> }) {
  const { t } = useTranslation()
  const [form] = Form.useForm<{ name: string }>()
  const add = useMutation({
    mutationFn: async ({ name }: { name: string }) => registerKey({ name, credential: await newKey((await askNewKey()).options) }),
    onSuccess: async () => {
      await props.onDone()
      props.onClose()
    },
  })
  return (
    <Dialog title={t('keys.add')} follows={t('keys.addFollows')} form={form} initial={{}} pending={add.isPending} problem={add.error} onClose={props.onClose} onFinish={(data) => add.mutate(data)}>
      <Form.Item name="name" label={t('keys.name')} extra={t('keys.nameHint')} rules={[{ required: true, message: t('common.required') }]}><Input maxLength={60} autoComplete="off" /></Form.Item>
    </Dialog>
  )
}

function ChangePassword(props: { onClose: () => void; onDone: () => Promise<void> }) {
  const { t } = useTranslation()
  const [form] = Form.useForm<{ now: string; password: string }>()
  const change = useChangePassword({
    onSuccess: async () => {
      await props.onDone()
      props.onClose()
    },
  })
  return (
    <Dialog title={t('password.change')} follows={t('password.follows')} form={form} initial={{}} pending={change.isPending} problem={change.error} onClose={props.onClose} onFinish={({ now, password }) => change.mutate({ data: { password: now, new: password } })}>
      <Form.Item name="now" label={t('password.now')} rules={[{ required: true, message: t('common.required') }]}><Input.Password autoComplete="current-password" maxLength={256} /></Form.Item>
      <Passwords label={t('password.new')} />
    </Dialog>
  )
}

export function OwnPage() {
  const { t } = useTranslation()
  const rules = useRules()
  const { data: setup } = useQuery(setupQuery)
  const [changing, setChanging] = useState(false)
  const session = useSession()
  const client = useQueryClient()
  const answer = useOwnSessions()
  const [adding, setAdding] = useState(false)
  const changed = async (): Promise<void> => {
    await client.invalidateQueries({ queryKey: getOwnSessionsQueryKey() })
    await client.invalidateQueries({ queryKey: sessionQuery.queryKey })
  }
  const remove = useRemoveKey({ onSuccess: changed })
  const end = useEndOtherSessions({ onSuccess: changed })
  const problem = remove.error ?? end.error
  return (
    <div className="page">
      <PageHead title={t('keys.title')} purpose={t('keys.purpose')} act={keysWork() && <Button type="primary" onClick={() => setAdding(true)}>{t('keys.add')}</Button>} />
      {session.limited && <Alert type="warning" showIcon className="spaced" title={t('keys.needed')} description={t('keys.neededHint')} />}
      {session.stale && <Alert type="warning" showIcon className="spaced" title={t('password.stale')} description={t('password.staleHint')} action={<Button onClick={() => setChanging(true)}>{t('password.change')}</Button>} />}
      {!keysWork() && <Alert type="info" showIcon className="spaced" title={t('keys.noBrowser')} description={t('keys.noBrowserHint')} />}
      {problem !== null && <Problem problem={problem} />}
      <Answered answer={answer}>
        {({ sessions, keys }) => (
          <>
            <section className="panel">
              <h2>{t('keys.keys')}</h2>
              {keys.length === 0 ? <Nothing text={t('keys.none')} /> : (
                <ul className="plain">
                  {keys.map((key) => (
                    <li key={key.id}>
                      <StateMark standing={key.suspended ? 'overdue' : 'met'}>{t(key.suspended ? 'keys.suspended' : 'keys.good')}</StateMark>
                      <span className="wrap">{key.name}</span>
                      <span className="secondary">{key.host} · {t('keys.since', { time: stamp(key.created_ms) })}{key.used_ms !== null && ` · ${t('keys.used', { time: stamp(key.used_ms) })}`}</span>
                      <span className="spring" />
                      <Popconfirm title={t('keys.removeAsk', { name: key.name })} okText={t('keys.remove')} cancelText={t('common.cancel')} onConfirm={() => remove.mutate({ key: key.id })}>
                        <Button size="small" danger>{t('keys.remove')}</Button>
                      </Popconfirm>
                    </li>
                  ))}
                </ul>
              )}
            </section>
            <section className="panel">
              <div className="panel-head"><h2>{t('password.title')}</h2><Button onClick={() => setChanging(true)}>{t('password.change')}</Button></div>
              <p>{t('password.inForce', { rules: t(`password.rules.${setup?.password.rules ?? 'asvs'}`) })}</p>
              <p className="secondary">{rules}</p>
            </section>
            <section className="panel">
              <div className="panel-head"><h2>{t('keys.sessions')}</h2>{sessions.length > 1 && <Button onClick={() => end.mutate()} loading={end.isPending}>{t('keys.endOthers')}</Button>}</div>
              <ul className="plain">
                {sessions.map((one) => (
                  <li key={one.created_ms}>
                    <StateMark standing={one.here ? 'met' : 'active'}>{t(one.here ? 'keys.here' : 'keys.elsewhere')}</StateMark>
                    <span className="secondary">{t('keys.session', { began: stamp(one.created_ms), seen: stamp(one.seen_ms), ends: stamp(one.ends_ms) })}</span>
                  </li>
                ))}
              </ul>
            </section>
          </>
        )}
      </Answered>
      <p className="status-line">{t('common.asOf', { time: stamp(answer.dataUpdatedAt || serverNow()), zone: zone() })}</p>
      {changing && <ChangePassword onClose={() => setChanging(false)} onDone={changed} />}
      {adding && <AddKey onClose={() => setAdding(false)} onDone={changed} />}
    </div>
  )
}
