/** The systems on record that one may see. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { getListSystemsQueryOptions, type Life, type SystemLine } from '../api/generated'
import { StateMark, type Standing } from '../frame/parts'
import { QueryPage } from '../frame/query'

const STANDING: Partial<Record<Life, Standing>> = { filed: 'met', in_use: 'active', noticed: 'soon', retired: 'unknown', disposed: 'unknown', taken_down: 'unknown' }
const LIVES: readonly Life[] = ['planned', 'designed', 'built', 'accepted', 'in_use', 'filed', 'noticed', 'taken_down', 'disposed', 'retired']

export function LifeMark(props: { state: Life }) {
  const { t } = useTranslation()
  return <StateMark standing={STANDING[props.state] ?? 'active'}>{t(`life.${props.state}`)}</StateMark>
}

export function SystemsPage() {
  const { t } = useTranslation()
  const answer = useQuery(getListSystemsQueryOptions())
  return (
    <QueryPage<SystemLine>
      title={t('systems.title')}
      purpose={t('systems.purpose')}
      fields={[
        { key: 'name', label: t('systems.search') },
        { key: 'state', label: t('systems.state'), options: LIVES.map((life) => ({ value: life, label: t(`life.${life}`) })) },
      ]}
      answer={answer}
      rowKey={(system) => system.id}
      keep={(system, words) => system.name.includes(words['name'] ?? '') && (words['state'] === undefined || system.state === words['state'])}
      empty={{ text: t('systems.empty') }}
      columns={[
        { key: 'name', title: t('systems.name'), card: 'head', render: (system) => <Link to="/systems/$id" params={{ id: system.id }}>{system.name}</Link> },
        { key: 'state', title: t('systems.state'), card: 'mark', render: (system) => <LifeMark state={system.state} /> },
        { key: 'builder', title: t('systems.builder'), className: 'nowrap', render: (system) => t(system.builder === 'government' ? 'systems.governmentBuilds' : 'systems.unitBuilds') },
        { key: 'used', title: t('systems.used'), className: 'nowrap', render: (system) => system.dates['deliver'] ?? system.dates['use'] },
        { key: 'filed', title: t('systems.filed'), className: 'nowrap', render: (system) => system.dates['file'] },
        { key: 'territory', title: t('systems.territory'), className: 'nowrap', render: (system) => system.territory },
      ]}
    />
  )
}
