/** One entry beside the list: what is known of it, its request, and all that the ledger has about it, checked here. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Drawer } from 'antd'
import { useTranslation } from 'react-i18next'

import { getReadEntryChainQueryOptions, getReadRegisterEntryQueryOptions } from '../api/generated'
import { Listing } from '../frame/listing'
import { Answered, ArticleChip, Nothing } from '../frame/parts'
import { stamp } from '../frame/time'
import { ChainCheck } from '../ledger/check'
import { EntryView } from '../ledger/entry'

const WIDTH = 760

export function EntryDrawer(props: { index: number; onClose: () => void }) {
  const { t } = useTranslation()
  const { index } = props
  const entry = useQuery(getReadRegisterEntryQueryOptions(index))
  const chain = useQuery(getReadEntryChainQueryOptions(index))
  const word = (kind: string): string => t(`ledgerKind.${kind.replaceAll('.', '_')}`, { defaultValue: kind })
  return (
    <Drawer open size={WIDTH} title={<>{t('entry.title', { entry: index })} <ArticleChip matter="register" /></>} onClose={props.onClose}>
      <p className="row">
        <Link to="/register/$id" params={{ id: String(index) }}>{t('audit.open')}</Link>
        {entry.data !== undefined && entry.data.request !== '' && <Link to="/requests/$id" params={{ id: entry.data.request }}>{t('audit.request')}</Link>}
      </p>
      <Answered answer={entry}>{(found) => <EntryView entry={found} />}</Answered>
      <section className="panel" aria-label={t('audit.chain')}>
        <h2>{t('audit.chain')}</h2>
        <p className="secondary">{t('audit.chainHint')}</p>
        <Answered answer={chain} rows={3}>
          {(lines) => lines.length === 0 ? <Nothing text={t('audit.chainNone')} /> : (
            <>
              <Listing
                dense
                rows={lines}
                rowKey={(line) => line.index}
                page={Infinity}
                columns={[
                  { key: 'index', title: t('audit.ledgerEntry'), align: 'right', className: 'nowrap', card: 'mark', render: (line) => line.index },
                  { key: 'kind', title: t('register.kind'), card: 'head', render: (line) => word(line.kind) },
                  { key: 'at', title: t('common.time'), className: 'nowrap', render: (line) => stamp(line.at_ms) },
                  { key: 'actor', title: t('common.person'), render: (line) => line.actor },
                ]}
              />
              <div className="spaced-top"><ChainCheck key={index} entries={lines} /></div>
            </>
          )}
        </Answered>
      </section>
    </Drawer>
  )
}
