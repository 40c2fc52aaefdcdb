/** The register of viewing, copying and retrieval: persons, time, purpose, destination. Nothing here can be changed. */
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'

import { getPrintRegisterUrl, type RegisterKind, type RegisterOut } from '../api/generated'
import { filtered, registerPages, useCamerasWith } from '../api/queries'
import { serverNow } from '../frame/context'
import { Listing } from '../frame/listing'
import { Answered, ArticleChip, Nothing, PageHead, StateMark } from '../frame/parts'
import { span, stamp, zone } from '../frame/time'
import { Filters, useAuditSearch, usePeople } from './filters'

const KINDS = ['live', 'playback', 'snapshot', 'copy', 'publication', 'private'] as const

export function RegisterPage() {
  const { t } = useTranslation()
  const [search] = useAuditSearch()
  const cameras = useCamerasWith(search.camera)
  const answer = useInfiniteQuery(registerPages(search))
  const names = new Map((cameras.data ?? []).map((one) => [one.id, one.name]))
  const flat = { ...answer, data: answer.data?.pages.flat() }
  const people = usePeople((flat.data ?? []).map((entry) => ({ value: entry.person_id, label: entry.person })))
  return (
    <div className="page">
      <PageHead title={t('nav.register')} purpose={t('register.purpose')} act={<><Button href={getPrintRegisterUrl({ ...filtered<RegisterKind>(search), file: 'pdf' })} target="_blank">{t('entry.print')}</Button> <Button href={getPrintRegisterUrl({ ...filtered<RegisterKind>(search), file: 'xlsx' })}>{t('entry.sheet')}</Button> <ArticleChip article="a17_2_2" /></>} />
      <Filters
        people={people}
        cameras={(cameras.data ?? []).map((one) => ({ value: one.id, label: one.name }))}
        kinds={KINDS.map((kind) => ({ value: kind, label: t(`registerKind.${kind}`) }))}
        onRefresh={() => void answer.refetch()}
      />
      <Answered answer={flat}>
        {(entries: RegisterOut[]) =>
          entries.length === 0 ? (
            <Nothing text={t('register.empty')} />
          ) : (
            <>
              <Listing
                rows={entries}
                rowKey={(entry) => entry.index}
                page={Infinity}
                columns={[
                  { key: 'index', title: t('register.number'), align: 'right', className: 'nowrap', render: (entry) => <Link to="/register/$id" params={{ id: String(entry.index) }}>{entry.index}</Link> },
                  { key: 'at', title: t('common.time'), className: 'nowrap', card: 'head', render: (entry) => stamp(entry.at_ms) },
                  { key: 'kind', title: t('register.kind'), className: 'nowrap', card: 'mark', render: (entry) => t(`registerKind.${entry.kind}`, { defaultValue: entry.kind }) },
                  { key: 'person', title: t('common.person'), render: (entry) => `${entry.person}（${entry.unit}）` },
                  { key: 'cameras', title: t('common.camera'), render: (entry) => entry.cameras.map((id) => names.get(id) ?? id).join('、') },
                  { key: 'periods', title: t('register.footage'), width: 170, render: (entry) => entry.periods.map((one) => `${stamp(one[0])}（${span((one[1] - one[0]) / 1000)}）`).join('；') },
                  { key: 'purpose', title: t('access.use'), width: 150, render: (entry) => entry.purpose },
                  { key: 'destination', title: t('access.destination'), width: 120, render: (entry) => entry.destination },
                  {
                    key: 'seen', title: t('register.seen'), className: 'nowrap',
                    render: (entry) => (entry.closed ? entry.seconds !== null && span(entry.seconds) : <StateMark standing="active">{t('register.open')}</StateMark>),
                  },
                ]}
              />
              {answer.hasNextPage && <Button className="spaced" loading={answer.isFetchingNextPage} onClick={() => void answer.fetchNextPage()}>{t('common.loadMore')}</Button>}
            </>
          )
        }
      </Answered>
      <p className="status-line">{t('common.asOf', { time: stamp(answer.dataUpdatedAt || serverNow()), zone: zone() })}</p>
    </div>
  )
}
