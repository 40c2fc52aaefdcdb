/** The auditor's page: entries, the signed checkpoint, who witnessed it. There is no control that changes anything. */
import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query'
import { Button, Descriptions, Modal, Typography } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { getReadTileUrl, getTrustAnchorsUrl, readProof, type CheckpointOut, type LedgerLineOut } from '../api/generated'
import { checkpointQuery, ledgerPages, useCamerasWith } from '../api/queries'
import { Listing } from '../frame/listing'
import { Answered, ArticleChip, Nothing, PageHead, Problem, StateMark } from '../frame/parts'
import { stamp, zone } from '../frame/time'
import { HealthLines } from '../health/list'
import { ChainCheck } from './check'
import { Filters, useAuditSearch, usePeople } from './filters'
import { inclusion } from './inclusion'

const LEDGER_PARTS = ['keeper', 'ledger', 'witness', 'heads'] as const

const SYSTEM = 'system'
const KINDS = [
  'viewing.opened', 'viewing.closed', 'viewing.supplemented', 'snapshot.taken', 'snapshot.failed', 'copy.registered',
  'access.submitted', 'access.approved', 'access.refused', 'access.withdrawn', 'officer.present', 'package.built', 'package.handed_over', 'access.completed',
  'export.cancelled', 'export.failed', 'camera.added', 'camera.changed', 'camera.probed', 'camera.retired',
  'person.added', 'person.changed', 'person.enrolled', 'person.linked', 'person.unlinked', 'person.link_confirmed', 'person.seeded', 'credentials.reset', 'administrator.created',
  'session.opened', 'session.closed', 'act.refused', 'recorder.heads',
]

function CheckpointPanel(props: { checkpoint: CheckpointOut }) {
  const { t } = useTranslation()
  const { checkpoint } = props
  return (
    <>
      <Descriptions
        size="small"
        column={1}
        items={[
          { key: 'size', label: t('ledger.size'), children: checkpoint.size },
          { key: 'root', label: t('ledger.root'), children: <Typography.Text className="mono" copyable>{checkpoint.root}</Typography.Text> },
          {
            key: 'witnesses',
            label: t('ledger.witnesses'),
            children:
              checkpoint.witnesses.length === 0 ? (
                <StateMark standing="unknown">{t('ledger.noWitness')}</StateMark>
              ) : (
                checkpoint.witnesses.map((witness) => <div key={witness}><StateMark standing="met">{witness}</StateMark></div>)
              ),
          },
        ]}
      />
      <pre className="mono note">{checkpoint.note}</pre>
      <div className="row">
        <Button href={getReadTileUrl('checkpoint')} target="_blank">{t('ledger.openNote')}</Button>
        <Button href={getTrustAnchorsUrl()} download>{t('ledger.anchors')}</Button>
      </div>
    </>
  )
}

function Proof(props: { entry: LedgerLineOut; onClose: () => void }) {
  const { t } = useTranslation()
  const proof = useMutation({ mutationFn: () => readProof(props.entry.index) })
  return (
    <Modal open width={720} title={t('ledger.entry', { index: props.entry.index })} footer={null} onCancel={props.onClose}>
      <pre className="mono note">{JSON.stringify(props.entry, null, 2)}</pre>
      <Button onClick={() => proof.mutate()} loading={proof.isPending}>{t('ledger.proof')}</Button>
      {proof.error !== null && <Problem problem={proof.error} />}
      {proof.data !== undefined && (
        <p role="status">
          {inclusion(props.entry, proof.data) === 'in' ? (
            <StateMark standing="met">{t('ledger.included')}</StateMark>
          ) : (
            <StateMark standing="overdue">{t('ledger.notIncluded')}</StateMark>
          )}
        </p>
      )}
      {proof.data !== undefined && <pre className="mono note">{JSON.stringify(proof.data, null, 2)}</pre>}
    </Modal>
  )
}

export function LedgerPage() {
  const { t } = useTranslation()
  const [search] = useAuditSearch()
  const [open, setOpen] = useState<LedgerLineOut | null>(null)
  const checkpoint = useQuery(checkpointQuery)
  const answer = useInfiniteQuery(ledgerPages(search))
  const flat = { ...answer, data: answer.data?.pages.flat() }
  const cameras = useCamerasWith(search.camera)
  const people = usePeople((flat.data ?? []).filter((entry) => entry.actor_id !== SYSTEM).map((entry) => ({ value: entry.actor_id, label: entry.actor })))
  const kindWord = (kind: string): string => t(`ledgerKind.${kind.replaceAll('.', '_')}`, { defaultValue: kind })
  return (
    <div className="page">
      <PageHead title={t('nav.ledger')} purpose={t('ledger.purpose')} act={<ArticleChip matter="original" />} />
      <section className="panel">
        <h2>{t('ledger.checkpoint')}</h2>
        <HealthLines parts={LEDGER_PARTS} />
        <Answered answer={checkpoint} rows={4}>{(data) => <CheckpointPanel checkpoint={data} />}</Answered>
      </section>
      <Filters
        free
        people={people}
        cameras={(cameras.data ?? []).map((one) => ({ value: one.id, label: one.name }))}
        kinds={KINDS.map((kind) => ({ value: kind, label: `${kindWord(kind)}　${kind}` }))}
        onRefresh={() => void answer.refetch()}
      />
      <ChainCheck key={flat.data?.[0]?.index ?? 'none'} entries={flat.data ?? []} />
      <Answered answer={flat}>
        {(entries) =>
          entries.length === 0 ? (
            <Nothing text={t('register.empty')} />
          ) : (
            <>
              <Listing
                rows={entries}
                rowKey={(entry) => entry.index}
                page={Infinity}
                dense
                columns={[
                  { key: 'index', title: t('register.number'), align: 'right', card: 'head', width: 90, render: (entry) => <Button type="link" size="small" onClick={() => setOpen(entry)}>{entry.index}</Button> },
                  { key: 'at', title: t('common.time'), className: 'nowrap', card: 'mark', width: 180, render: (entry) => stamp(entry.at_ms) },
                  { key: 'kind', title: t('register.kind'), width: 190, render: (entry) => <>{kindWord(entry.kind)} <span className="mono secondary">{entry.kind}</span></> },
                  { key: 'actor', title: t('common.person'), width: 140, render: (entry) => entry.actor },
                  { key: 'subject', title: t('ledger.subject'), className: 'mono', ellipsis: true, render: (entry) => entry.subject },
                  { key: 'facts', title: t('ledger.facts'), ellipsis: true, card: 'wide', render: (entry) => <span className="mono">{JSON.stringify(entry.facts)}</span> },
                ]}
              />
              {answer.hasNextPage && <Button className="spaced" loading={answer.isFetchingNextPage} onClick={() => void answer.fetchNextPage()}>{t('common.loadMore')}</Button>}
            </>
          )
        }
      </Answered>
      <p className="status-line">{t('common.asOf', { time: stamp(answer.dataUpdatedAt || Date.now()), zone: zone() })}</p>
      {open !== null && <Proof entry={open} onClose={() => setOpen(null)} />}
    </div>
  )
}
