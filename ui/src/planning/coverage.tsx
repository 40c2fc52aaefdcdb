/** Coverage of required parts: a bar for each kind, and the same numbers as a table. */
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'

import { getReadCoverageQueryOptions, type TallyOut } from '../api/generated'
import { Listing } from '../frame/listing'
import { Answered, ArticleChip } from '../frame/parts'
import './planning.css'
import './words'

const percent = (share: number | null, none: string): string => (share === null ? none : `${Math.floor(share * 1000) / 10} %`)

function Bar(props: { row: TallyOut; name: string }) {
  const { t } = useTranslation()
  const { row } = props
  const part = (count: number, kind: string) => count > 0 && <i className={`cover-${kind}`} style={{ flexGrow: count }} />
  return (
    <div className="cover-bar" role="img" aria-label={t('coverage.bar', { ...row, name: props.name })}>
      {part(row.covered, 'covered')}
      {part(row.uncovered, 'uncovered')}
      {part(row.unknown, 'unknown')}
    </div>
  )
}

export function Coverage() {
  const { t, i18n } = useTranslation()
  const answer = useQuery(getReadCoverageQueryOptions())
  const none = t('common.none')
  const name = (row: TallyOut): string => (i18n.language === 'en-US' ? row.name_en : row.name)
  return (
    <section className="panel" aria-label={t('coverage.title')}>
      <div className="panel-head"><h2>{t('coverage.title')}</h2><ArticleChip matter="install" /></div>
      <Answered answer={answer} rows={3}>
        {({ whole, by_kind }) =>
          whole.required === 0 ? <p className="secondary">{t('coverage.none')}</p> : (
            <>
              <div className="figures spaced">
                {([['share', percent(whole.share, none)], ['required', whole.required], ['covered', whole.covered], ['uncovered', whole.uncovered], ['unknown', whole.unknown]] as const).map(([key, value]) => (
                  <div key={key} className="figure"><b>{value}</b><span>{t(`coverage.${key}`)}</span></div>
                ))}
              </div>
              <Listing
                rows={by_kind}
                rowKey={(row) => row.key}
                dense
                columns={[
                  { key: 'name', title: t('coverage.by'), card: 'head', render: name },
                  { key: 'bar', title: t('coverage.spread'), card: 'wide', width: 280, render: (row) => <Bar row={row} name={name(row)} /> },
                  { key: 'share', title: t('coverage.share'), align: 'right', render: (row) => percent(row.share, none) },
                  { key: 'required', title: t('coverage.required'), align: 'right', render: (row) => row.required },
                  { key: 'covered', title: t('coverage.covered'), align: 'right', render: (row) => row.covered },
                  { key: 'uncovered', title: t('coverage.uncovered'), align: 'right', render: (row) => row.uncovered },
                  { key: 'unknown', title: t('coverage.unknown'), align: 'right', render: (row) => row.unknown },
                ]}
              />
            </>
          )
        }
      </Answered>
      <p className="status-line">
        <span className="cover-key cover-covered" /> {t('coverage.covered')} <span className="cover-key cover-uncovered" /> {t('coverage.uncovered')} <span className="cover-key cover-unknown" /> {t('coverage.unknown')} · {t('coverage.rule')}
      </p>
    </section>
  )
}
