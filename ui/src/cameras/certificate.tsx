/** A certificate that nobody vouches for, or that was exchanged: what it says of itself, and the act of trusting it. */
import { Alert, Button, Descriptions } from 'antd'
import { useTranslation } from 'react-i18next'

import { Refusal } from '../api/client'
import type { CertificateFacts } from '../api/generated'
import { serverNow } from '../frame/context'
import { stamp } from '../frame/time'

/** The certificate that came with a refusal of a stream test. */
export function shownCertificate(problem: unknown): CertificateFacts | null {
  return problem instanceof Refusal ? (problem.facts.certificate ?? null) : null
}

/** `AB:CD:…`, as cameras and browsers show it, so that people can compare. */
export function fingerprint(sha256: string): string {
  return (sha256.toUpperCase().match(/../g) ?? []).join(':')
}

/** `recorded` is the fingerprint that the record trusts, if any. */
export function Certificate(props: { shown: CertificateFacts; recorded: string; onTrust: () => void }) {
  const { t } = useTranslation()
  const { shown, recorded } = props
  const unknown = t('common.unknown')
  const now_ms = serverNow()
  const expired = (shown.not_before_ms ?? now_ms) > now_ms || (shown.not_after_ms ?? now_ms) < now_ms
  const until = [shown.not_before_ms, shown.not_after_ms].map((at) => (at === null ? unknown : stamp(at))).join(' – ')
  const rows = [
    ['subject', shown.subject === '' ? unknown : shown.subject],
    ['issuer', shown.issuer === '' ? unknown : shown.issuer],
    ['valid', expired ? `${until} ▲ ${t('cameras.expired')}` : until],
    ['fingerprint', <code className="mono">{fingerprint(shown.sha256)}</code>],
    ...(recorded === '' ? [] : [['recorded', <code className="mono">{fingerprint(recorded)}</code>]]),
  ] as const
  return (
    <section className="spaced" aria-label={t('cameras.certificate')}>
      <Descriptions
        size="small"
        column={1}
        bordered
        className="spaced"
        title={t(recorded === '' ? 'cameras.certificate' : 'cameras.certificateNew')}
        items={rows.map(([key, children]) => ({ key: String(key), label: t(`cameras.${String(key)}`), children }))}
      />
      <Alert
        type="warning"
        title={t('cameras.trustFollows')}
        action={<Button onClick={props.onTrust}>{t('cameras.trust')}</Button>}
      />
    </section>
  )
}
