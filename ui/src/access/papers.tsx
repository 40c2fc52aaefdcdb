/** The papers of a request: which the law asks of the organ, which scans are on record. The originals count at the counter. */
import { useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'

import { getAddScanUrl, getReadScanUrl, type RequestOut } from '../api/generated'
import { requestQuery } from '../api/queries'
import { useSession } from '../frame/context'
import { ArticleChip, StateMark } from '../frame/parts'
import { has } from '../frame/roles'
import { Upload } from '../frame/upload'

const BASIS = 'basis'
const COUNTER = 'spot_certificate'
const OVER = new Set<RequestOut['state']>(['refused', 'withdrawn', 'expired', 'completed'])

/** Links to the scans of one kind of paper. */
export function Scans(props: { request: RequestOut; paper: string }) {
  const { request } = props
  return (
    <>
      {request.scans.filter((scan) => scan.kind === props.paper).map((scan) => (
        <a key={scan.id} className="wrap" href={getReadScanUrl(request.id, scan.id)} target="_blank" rel="noreferrer">{scan.name}</a>
      ))}
    </>
  )
}

/** The kinds of paper that a head can miss: the approval is his own to give. */
export const missing = (request: RequestOut) => request.papers.filter((paper) => paper.paper !== 'approval' && !request.scans.some((scan) => scan.kind === paper.paper))

export function Papers(props: { request: RequestOut }) {
  const { t, i18n } = useTranslation()
  const { request } = props
  const session = useSession()
  const client = useQueryClient()
  const fresh = (): void => void client.invalidateQueries({ queryKey: requestQuery(request.id).queryKey })
  const unit = session.unit.id
  const adds = !OVER.has(request.state) && has(session, 'officer', 'unit_manager') && (unit === request.asker || unit === request.holder)
  const english = i18n.language === 'en-US'
  const asked = request.papers.map((paper) => ({ paper: paper.paper, name: english ? paper.name_en : paper.name, article: paper.article }))
  const inside = unit === request.asker || unit === request.approving
  const rows = inside ? [...asked, { paper: BASIS, name: t('access.ownFile'), article: '' }] : asked
  if (rows.length === 0) return null
  return (
    <section className="panel" aria-label={t('access.papers')}>
      <div className="panel-head"><h2>{t('access.papers')}</h2><ArticleChip matter="papers" /></div>
      <p className="secondary">{t('access.papersHint')}</p>
      <ul className="plain">
        {rows.map((row) => {
          const there = request.scans.some((scan) => scan.kind === row.paper)
          return (
            <li key={row.paper}>
              <StateMark standing={there ? 'met' : 'unknown'}>{row.name}</StateMark>
              {row.article !== '' && <ArticleChip article={row.article} />}
              <span className="spring" />
              {there ? <Scans request={request} paper={row.paper} /> : <span className="secondary">{t('access.noScan')}</span>}
              {adds && (row.paper !== BASIS || unit === request.asker) && (
                <Upload address={getAddScanUrl(request.id, { paper: row.paper })} label={t('access.addScan')} onDone={fresh} multiple />
              )}
            </li>
          )
        })}
        {request.scans.some((scan) => scan.kind === COUNTER) && (
          <li>
            <StateMark standing="met">{t('access.counterScans')}</StateMark>
            <span className="spring" />
            <Scans request={request} paper={COUNTER} />
          </li>
        )}
      </ul>
    </section>
  )
}
