/** The way to the identity provider and back. What it gave the browser is taken out of the address before anything else. */
import { queryOptions, useMutation, useQuery, type QueryClient } from '@tanstack/react-query'
import { Alert, Button, Card, Form, Input } from 'antd'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'

import {
  answerProvider, askProviderKey, beginProviderProof, beginProviderSignIn, finishProviderByKey, proveAtProvider, useFinishProviderByCode,
  type ProviderCode, type ProviderReturn, type SessionState,
} from '../api/generated'
import { setupQuery } from '../api/queries'
import { Door } from './door'
import { answerOf, keysWork } from './keys'
import { Problem } from './parts'

const RETURN_PATH = '/sign-in'
const KEPT = 'mingjian.provider'
const GOOD_ONCE = { retry: false, retryOnMount: false, staleTime: Infinity, gcTime: Infinity } as const

interface Left {
  /** Where the person was. */
  page: string
  /** For a proof in a session, not for a sign-in. */
  proof: boolean
}

function left(): Left {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? '{}') as Partial<Left>
    sessionStorage.removeItem(KEPT)
    // an address of this application, never another host's
    return { page: kept.page?.startsWith('/') === true && !kept.page.startsWith('//') ? kept.page : '/', proof: kept.proof === true }
  } catch {
    return { page: '/', proof: false } // storage may be closed off by policy
  }
}

function taken(): (ProviderReturn & { proof: boolean }) | null {
  if (typeof location === 'undefined' || location.pathname !== RETURN_PATH) return null
  const { page, proof } = left()
  const given = new URLSearchParams(location.search)
  history.replaceState(null, '', page)
  const state = given.get('state')
  return state === null ? null : { state, code: given.get('code') ?? '', iss: given.get('iss') ?? '', proof }
}

const returned = taken()

async function go(proof: boolean): Promise<void> {
  const { url } = await (proof ? beginProviderProof() : beginProviderSignIn())
  try {
    sessionStorage.setItem(KEPT, JSON.stringify({ page: location.pathname + location.search, proof } satisfies Left))
  } catch {
    // storage may be closed off by policy: the person then comes back to the workbench
  }
  location.assign(url)
}

const { proof = false, ...answer } = returned ?? { state: '' }
const answerQuery = queryOptions({ queryKey: ['provider', 'answer'], queryFn: () => answerProvider(answer), enabled: returned !== null && !proof, ...GOOD_ONCE })
const proofQuery = queryOptions({ queryKey: ['provider', 'proof'], queryFn: async (): Promise<boolean> => { await proveAtProvider(answer); return true }, enabled: returned !== null && proof, ...GOOD_ONCE })

/** What came back was used: who signs out meets it no more. */
export function settled(client: QueryClient): void {
  client.setQueryData(answerQuery.queryKey, { session: null, factors: [] })
  client.setQueryData(proofQuery.queryKey, false)
}

/** What people call the provider here; null: there is none. */
export function useProviderName(): string | null {
  const { i18n } = useTranslation()
  const provider = useQuery(setupQuery).data?.provider ?? null
  return provider && (i18n.language === 'en-US' ? provider.label_en : provider.label)
}

/** Goes to the provider, from which one comes back to the page where one is. */
export const useProvider = (proof: boolean) => useMutation({ mutationFn: () => go(proof) })

/** What became of a sign-in from which the browser just came back. */
export const useProviderAnswer = () => useQuery(answerQuery)

/** Whether the browser just came back from a proof, and what became of it. */
export const useProviderProof = () => useQuery(proofQuery)

/** The button of the sign-in page. */
export function ByProvider(props: { busy: boolean; onClick: () => void }) {
  const { t } = useTranslation()
  const name = useProviderName()
  return name === null ? null : <Button size="large" block className="spaced-top door-long" loading={props.busy} onClick={props.onClick}>{t('provider.signIn', { name })}</Button>
}

/** The own factor, after the provider has said who it is. */
export function SecondFactor(props: { factors: readonly string[]; onEntered: (session: SessionState) => void; onBack: () => void }) {
  const { t } = useTranslation()
  const name = useProviderName() ?? ''
  const [form] = Form.useForm<ProviderCode>()
  const byCode = useFinishProviderByCode({ onSuccess: props.onEntered })
  const byKey = useMutation({
    mutationFn: async () => finishProviderByKey({ credential: await answerOf((await askProviderKey()).options) }),
    onSuccess: props.onEntered,
  })
  const enrolment = props.factors.includes('enrolment')
  const typed = enrolment || props.factors.includes('code')
  const problem = byCode.error ?? byKey.error
  useEffect(() => {
    if (byCode.error !== null) form.resetFields()
  }, [byCode.error, form])
  return (
    <Door>
      <Card title={<h1>{t('provider.second')}</h1>} className="door-card">
        <Alert type="info" showIcon className="spaced" title={t('provider.known', { name })} />
        <Form<ProviderCode> form={form} layout="vertical" requiredMark={false} onFinish={({ code }) => byCode.mutate({ data: { code: code.replace(/\s/g, '') } })} validateTrigger="onSubmit">
          {typed && (
            <Form.Item name="code" label={t(enrolment ? 'provider.enrolment' : 'signIn.code')} extra={t(enrolment ? 'provider.enrolmentHint' : 'signIn.codeHint')} rules={[{ required: true, message: t('common.required') }]}>
              <Input autoFocus size="large" inputMode={enrolment ? 'text' : 'numeric'} autoComplete="one-time-code" maxLength={enrolment ? 32 : 8} className="code" />
            </Form.Item>
          )}
          {problem !== null && <Problem problem={problem} />}
          {typed && <Button type="primary" htmlType="submit" size="large" block loading={byCode.isPending}>{t('signIn.submit')}</Button>}
          {props.factors.includes('key') && keysWork() && <Button size="large" block className="spaced-top" loading={byKey.isPending} onClick={() => byKey.mutate()}>{t('keys.use')}</Button>}
          <Button type="link" block onClick={props.onBack}>{t('provider.back')}</Button>
        </Form>
      </Card>
    </Door>
  )
}
