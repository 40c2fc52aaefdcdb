/** Organs and units: the tree as a list, one organ's facts beside it. */
import { Link, useParams } from '@tanstack/react-router'
import { Button, Grid, Space } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useListOrgans, useReadOrgan, type EnrolmentOut, type OrganList } from '../api/generated'
import { ButtonLink } from '../frame/button_link'
import { useSession } from '../frame/context'
import { Facts, History } from '../frame/entity'
import { Answered, PageHead, StateMark } from '../frame/parts'
import { QueryPage } from '../frame/query'
import { has, serves } from '../frame/roles'
import { Enrolled } from '../people/enrolled'
import { pastOf } from '../people/history'
import { PostLine } from '../people/posts'
import { AddOrgan, Appoint, ChangeOrgan, MoveOrgan, useKinds, useSectors } from './forms'
import { inOrder, type Placed } from './tree'

const INDENT_PX = 20
const EMPTY: OrganList = { organs: [], sectors: [] }

type Doing = 'change' | 'move' | 'appoint'

function Detail(props: { id: string; list: OrganList; onEnrolled: (enrolment: EnrolmentOut) => void }) {
  const { t } = useTranslation()
  const session = useSession()
  const answer = useReadOrgan(props.id)
  const sectors = new Map(useSectors(props.list.sectors).map((one) => [one.value, one.label]))
  const [doing, setDoing] = useState<Doing | null>(null)
  const administers = has(session, 'administrator')
  const keeps = administers && session.unit.keeps
  const close = (): void => setDoing(null)
  return (
    <Answered answer={answer}>
      {({ organ, posts, below, history }) => (
        <>
          <Space wrap className="spaced">
            {(keeps || (administers && organ.id === session.unit.id)) && <Button type="primary" onClick={() => setDoing('change')}>{t('organs.change')}</Button>}
            {keeps && <Button onClick={() => setDoing('move')}>{t('organs.move')}</Button>}
            {keeps && !organ.keeps && <Button onClick={() => setDoing('appoint')}>{t('organs.appoint')}</Button>}
            {serves(session, 'people') && session.unit.keeps && !organ.keeps && <ButtonLink to="/people" search={{ unit: organ.id }}>{t('served.open')}</ButtonLink>}
          </Space>
          <Facts
            facts={[
              { key: 'kind', label: t('organs.kind'), value: t(`organKind.${organ.kind}`) },
              { key: 'level', label: t('organs.level'), value: organ.level === null ? '' : t(`organLevel.${organ.level}`) },
              { key: 'area', label: t('organs.territory'), value: [organ.area, organ.territory].filter(Boolean).join(' · ') },
              { key: 'sector', label: t('organs.sector'), value: sectors.get(organ.sector) },
              { key: 'parent', label: t('organs.parent'), value: props.list.organs.find((one) => one.id === organ.parent)?.name },
              { key: 'code', label: t('organs.creditCode'), value: organ.credit_code },
              { key: 'address', label: t('organs.address'), value: organ.address },
              { key: 'contact', label: t('organs.contact'), value: organ.contact },
            ]}
          />
          <h3>{t(organ.id === session.unit.id ? 'organs.posts' : 'organs.heads')}</h3>
          {posts.length === 0 ? <p className="secondary">{t(organ.id === session.unit.id ? 'posts.none' : 'organs.noHead')}</p> : <ul className="plain">{posts.map((post) => <PostLine key={post.id} post={post} name={post.person_name} />)}</ul>}
          <h3>{t('organs.below')}</h3>
          {below.length === 0 ? <p className="secondary">{t('organs.noBelow')}</p> : <ul className="plain">{below.map((one) => <li key={one.id}><Link className="wrap" to="/organs/$id" params={{ id: one.id }}>{one.name}</Link></li>)}</ul>}
          {history.length > 0 && (
            <>
              <h3>{t('organs.history')}</h3>
              <History lines={pastOf(history)} />
            </>
          )}
          {doing === 'change' && <ChangeOrgan organ={organ} sectors={props.list.sectors} keeps={keeps} onClose={close} />}
          {doing === 'move' && <MoveOrgan organ={organ} organs={props.list.organs} onClose={close} />}
          {doing === 'appoint' && <Appoint organ={organ} onClose={close} onEnrolled={props.onEnrolled} />}
        </>
      )}
    </Answered>
  )
}

export function OrgansPage() {
  const { t } = useTranslation()
  const session = useSession()
  const answer = useListOrgans()
  const list = answer.data ?? EMPTY
  const kinds = useKinds()
  const sectors = useSectors(list.sectors)
  const sectorWord = new Map(sectors.map((one) => [one.value, one.label]))
  const indent_px = Grid.useBreakpoint().md === false ? 0 : INDENT_PX // a card has its own place
  const [adding, setAdding] = useState(false)
  const [enrolment, setEnrolment] = useState<EnrolmentOut | null>(null)
  const add = has(session, 'administrator') && session.unit.keeps && <Button type="primary" onClick={() => setAdding(true)}>{t('organs.add')}</Button>
  return (
    <>
      <QueryPage<Placed>
        title={t('nav.organs')}
        purpose={t('organs.purpose')}
        act={add}
        answer={{ ...answer, data: answer.data === undefined ? undefined : inOrder(answer.data.organs) }}
        fields={[
          { key: 'q', label: t('organs.search') },
          { key: 'kind', label: t('organs.kind'), options: kinds },
          { key: 'sector', label: t('organs.sector'), options: sectors },
        ]}
        keep={(organ, words) => {
          const word = (words['q'] ?? '').trim().toLowerCase()
          const text = `${organ.name} ${organ.area} ${organ.territory} ${organ.credit_code}`.toLowerCase()
          return text.includes(word) && (words['kind'] ?? organ.kind) === organ.kind && (words['sector'] ?? organ.sector) === organ.sector
        }}
        rowKey={(organ) => organ.id}
        columns={[
          { key: 'name', title: t('organs.name'), card: 'head', render: (organ) => <span className="wrap" style={{ paddingInlineStart: organ.depth * indent_px }}><Link to="/organs/$id" params={{ id: organ.id }}>{organ.name}</Link></span> },
          { key: 'kind', title: t('organs.kind'), render: (organ) => t(`organKind.${organ.kind}`) },
          { key: 'level', title: t('organs.level'), render: (organ) => (organ.level === null ? '' : t(`organLevel.${organ.level}`)) },
          { key: 'area', title: t('organs.territory'), render: (organ) => [organ.area, organ.territory].filter(Boolean).join(' · ') },
          { key: 'sector', title: t('organs.sector'), render: (organ) => sectorWord.get(organ.sector) ?? '' },
          { key: 'keeps', title: t('common.state'), card: 'mark', render: (organ) => organ.keeps && <StateMark standing="active">{t('organs.keeps')}</StateMark> },
        ]}
        detailTitle={(organ) => organ.name}
        detail={(organ) => <Detail id={organ.id} list={list} onEnrolled={setEnrolment} />}
        empty={{ text: t('organs.empty'), act: add }}
        rule={t('organs.rule')}
      />
      {adding && <AddOrgan list={list} onClose={() => setAdding(false)} onEnrolled={setEnrolment} />}
      {enrolment !== null && <Enrolled enrolment={enrolment} onClose={() => setEnrolment(null)} />}
    </>
  )
}

export function OrganPage() {
  const { id } = useParams({ strict: false }) as { id: string }
  const list = useListOrgans().data ?? EMPTY
  const [enrolment, setEnrolment] = useState<EnrolmentOut | null>(null)
  return (
    <div className="page">
      <PageHead title={list.organs.find((organ) => organ.id === id)?.name ?? ''} />
      <section className="panel"><Detail id={id} list={list} onEnrolled={setEnrolment} /></section>
      {enrolment !== null && <Enrolled enrolment={enrolment} onClose={() => setEnrolment(null)} />}
    </div>
  )
}
