/** Two officers sign, each with his own credential, in the session of the unit's staff, within the ceremony window. */
import { useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input } from 'antd'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useSignPresence, type PresenceForm, type RequestOut } from '../api/generated'
import { requestQuery } from '../api/queries'
import { serverNow } from '../frame/context'
import { ArticleChip, Problem, StateMark } from '../frame/parts'
import { clock } from '../frame/time'
import { reasonOf } from './reason'

const WINDOW_MS = 600_000
const OFFICERS = 2

/** The signatures that still count at `now_ms`, and the moment at which the ceremony closes, null before two stand. */
export function ceremony(presence: RequestOut['presence'], now_ms: number): { present: RequestOut['presence']; closes_ms: number | null } {
  const latest = new Map<string, RequestOut['presence'][number]>()
  for (const one of presence) {
    const known = latest.get(one.person)
    if (now_ms - one.at_ms <= WINDOW_MS && (known === undefined || known.at_ms < one.at_ms)) latest.set(one.person, one)
  }
  const present = [...latest.values()].sort((a, b) => b.at_ms - a.at_ms)
  const second = present[OFFICERS - 1]
  return { present, closes_ms: second === undefined ? null : second.at_ms + WINDOW_MS }
}

function useNow(): number {
  const [now, setNow] = useState(serverNow)
  useEffect(() => {
    const timer = setInterval(() => setNow(serverNow()), 1000)
    return () => clearInterval(timer)
  }, [])
  return now
}

const left = (ms: number): string => `${Math.floor(ms / 60_000)}:${String(Math.floor((ms % 60_000) / 1000)).padStart(2, '0')}`

export function Presence(props: { request: RequestOut }) {
  const { t, i18n } = useTranslation()
  const { request } = props
  const client = useQueryClient()
  const now = useNow()
  const [form] = Form.useForm<PresenceForm>()
  const sign = useSignPresence({
    onSuccess: async () => {
      form.resetFields()
      await client.invalidateQueries({ queryKey: requestQuery(request.id).queryKey })
    },
  })
  const step = request.steps.find((candidate) => candidate.step === 'presence')
  if (step === undefined && request.presence.length === 0) return null
  const { present, closes_ms } = ceremony(request.presence, now)
  const required = [{ required: true, message: t('common.required') }]
  return (
    <section className="panel" aria-label={t('access.presence')}>
      <div className="panel-head">
        <h2>{t('access.presence')}</h2>
        <ArticleChip article="a22_1_1" />
      </div>
      <ul className="plain">
        {present.map((one) => (
          <li key={one.person}>
            <StateMark standing="met">{one.person}</StateMark>
            <span className="spring" />
            <span className="secondary">{t('access.signedAt', { time: clock(one.at_ms) })}</span>
            <span>{t('access.holds', { left: left(one.at_ms + WINDOW_MS - now) })}</span>
          </li>
        ))}
        {present.length < OFFICERS && (
          <li>
            <StateMark standing="unknown">{t('access.missing', { n: OFFICERS - present.length })}</StateMark>
          </li>
        )}
      </ul>
      {step !== undefined && closes_ms !== null && <p role="timer"><StateMark standing="met">{t('access.open', { left: left(closes_ms - now) })}</StateMark></p>}
      {step !== undefined && !step.allowed && <p className="secondary">{reasonOf(step, i18n.language)}</p>}
      {step?.allowed === true && (
        <Form<PresenceForm> form={form} layout="vertical" requiredMark={false} onFinish={(words) => sign.mutate({ accessRequest: request.id, data: { ...words, code: words.code.replace(/\s/g, '') } })} autoComplete="off">
          <p className="secondary">{t('access.signHint')}</p>
          <div className="row" style={{ alignItems: 'flex-start' }}>
            <Form.Item name="name" label={t('signIn.name')} rules={required} style={{ flex: '1 1 120px' }}>
              <Input autoComplete="off" maxLength={64} />
            </Form.Item>
            <Form.Item name="password" label={t('signIn.password')} rules={required} style={{ flex: '1 1 140px' }}>
              <Input.Password autoComplete="off" maxLength={256} />
            </Form.Item>
            <Form.Item name="code" label={t('signIn.code')} rules={required} style={{ flex: '1 1 110px' }}>
              <Input inputMode="numeric" autoComplete="off" maxLength={8} className="code" />
            </Form.Item>
          </div>
          {sign.error !== null && <Problem problem={sign.error} />}
          <Button type="primary" htmlType="submit" loading={sign.isPending}>
            {t('access.sign')}
          </Button>
        </Form>
      )}
    </section>
  )
}
