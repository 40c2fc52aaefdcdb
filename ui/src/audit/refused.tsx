/** What was refused, from the ledger: who wanted what, and which text stood in the way. */
import { useInfiniteQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'

import type { LedgerLineOut } from '../api/generated'
import { ledgerPages, type Asked } from '../api/queries'
import { Listing } from '../frame/listing'
import { Answered, ArticleChip, Nothing } from '../frame/parts'
import { stamp } from '../frame/time'

const fact = (line: LedgerLineOut, name: string): string => (typeof line.facts[name] === 'string' ? String(line.facts[name]) : '')

export function Refused(props: { search: Asked }) {
  const { t } = useTranslation()
  const { camera, person, from, to } = props.search
  const answer = useInfiniteQuery(ledgerPages({ kind: 'act.refused', camera, person, from, to }))
  return (
    <Answered answer={{ ...answer, data: answer.data?.pages.flat() }}>
      {(lines) => lines.length === 0 ? <Nothing text={t('audit.emptyRefused')} /> : (
        <>
          <Listing
            rows={lines}
            rowKey={(line) => line.index}
            page={Infinity}
            columns={[
              { key: 'index', title: t('audit.ledgerEntry'), align: 'right', className: 'nowrap', render: (line) => line.index },
              { key: 'at', title: t('common.time'), className: 'nowrap', card: 'mark', render: (line) => stamp(line.at_ms) },
              { key: 'actor', title: t('common.person'), card: 'head', render: (line) => line.actor },
              { key: 'act', title: t('audit.act'), render: (line) => t(`rightAct.${fact(line, 'act').replaceAll('.', '_')}`, { defaultValue: fact(line, 'act') }) },
              { key: 'text', title: t('audit.reason'), card: 'wide', render: (line) => <>{fact(line, 'text')} {line.article !== '' && <ArticleChip article={line.article} />}<div className="secondary">{fact(line, 'code')}</div></> },
              { key: 'subject', title: t('ledger.subject'), className: 'mono', ellipsis: true, render: (line) => line.subject },
            ]}
          />
          {answer.hasNextPage && <Button className="spaced" loading={answer.isFetchingNextPage} onClick={() => void answer.fetchNextPage()}>{t('common.loadMore')}</Button>}
        </>
      )}
    </Answered>
  )
}
