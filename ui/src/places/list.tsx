/** Places on record: as a table or cards, with what is known of each beside it. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button, Descriptions } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { getListPlacesQueryOptions, type PlaceOut } from '../api/generated'
import { ButtonLink } from '../frame/button_link'
import { useSession } from '../frame/context'
import { StateMark } from '../frame/parts'
import { QueryPage } from '../frame/query'
import { has } from '../frame/roles'
import { PlaceForm } from './form'
import { ImportSheet } from './sheet'

export function PlacesPage() {
  const { t, i18n } = useTranslation()
  const session = useSession()
  const english = i18n.language === 'en-US'
  const places = useQuery(getListPlacesQueryOptions())
  const [doing, setDoing] = useState<'add' | 'import' | null>(null)
  const may = has(session, 'unit_manager', 'planner')
  const kind = (place: PlaceOut) => (english ? place.kind_name_en : place.kind_name)
  const kinds = [...new Map((places.data ?? []).map((place) => [place.kind, kind(place)]))].map(([value, label]) => ({ value, label }))
  return (
    <>
      <QueryPage
        title={t('nav.places')}
        purpose={t('places.purpose')}
        act={may && (
          <div className="row">
            <Button onClick={() => setDoing('import')}>{t('places.import')}</Button>
            <Button type="primary" onClick={() => setDoing('add')}>{t('places.add')}</Button>
          </div>
        )}
        fields={[{ key: 'q', label: t('places.search') }, { key: 'kind', label: t('places.kind'), options: kinds }]}
        answer={places}
        keep={(place, words) => `${place.name} ${place.address}`.toLowerCase().includes((words['q'] ?? '').toLowerCase()) && (words['kind'] ?? place.kind) === place.kind}
        rowKey={(place) => place.id}
        columns={[
          { key: 'name', title: t('places.name'), card: 'head', render: (place) => <Link to="/places/$id" params={{ id: place.id }}>{place.name}</Link> },
          { key: 'kind', title: t('places.kind'), className: 'nowrap', render: kind },
          { key: 'address', title: t('places.address'), card: 'wide', render: (place) => place.address },
          { key: 'territory', title: t('places.territory'), className: 'nowrap', render: (place) => place.territory },
          { key: 'state', title: t('common.state'), className: 'nowrap', card: 'mark', render: (place) => place.closed_ms !== null && <StateMark standing="unknown">{t('places.closed')}</StateMark> },
        ]}
        detailTitle={(place) => place.name}
        detail={(place) => (
          <>
            <Descriptions
              size="small" bordered column={1}
              items={[
                { key: 'kind', label: t('places.kind'), children: kind(place) },
                { key: 'category', label: t('places.category'), children: place.category },
                { key: 'address', label: t('places.address'), children: place.address },
                { key: 'telephone', label: t('places.telephone'), children: place.telephone || t('common.none') },
              ]}
            />
            <p><ButtonLink to="/places/$id" params={{ id: place.id }} primary>{t('places.needed')}</ButtonLink></p>
          </>
        )}
        empty={{ text: t('places.empty'), act: may && <Button type="primary" onClick={() => setDoing('add')}>{t('places.add')}</Button> }}
      />
      {doing === 'add' && <PlaceForm onClose={() => setDoing(null)} />}
      {doing === 'import' && <ImportSheet what="places" onClose={() => setDoing(null)} />}
    </>
  )
}
