/** One person: account, posts, what was done about the person. */
import { useParams } from '@tanstack/react-router'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useReadPerson, type PostOut } from '../api/generated'
import { ButtonLink } from '../frame/button_link'
import { serverNow, useSession } from '../frame/context'
import { Facts, History } from '../frame/entity'
import { Answered, PageHead, StateMark } from '../frame/parts'
import { has, serves } from '../frame/roles'
import { stamp, zone } from '../frame/time'
import { pastOf } from './history'
import { Linked } from './linked'
import { GivePost, PostList } from './posts'

const DAY_LENGTH = 10 // of `2026-11-25 14:05:09`

export function PersonPage() {
  const { t, i18n } = useTranslation()
  const { id } = useParams({ strict: false }) as { id: string }
  const session = useSession()
  const answer = useReadPerson(id)
  const [giving, setGiving] = useState(false)
  const [ending, setEnding] = useState<PostOut | null>(null)
  const [today] = useState(() => stamp(serverNow()).slice(0, DAY_LENGTH))
  const may = has(session, 'security') && id !== session.person.id
  return (
    <div className="page">
      <Answered answer={answer}>
        {({ person, link, posts, history }) => (
          <>
            <PageHead title={person.display_name} purpose={session.unit.name} act={<>{serves(session, 'rights') && <ButtonLink to="/rights" search={{ person: id }}>{t('people.whatMay')}</ButtonLink>} {may && <Button type="primary" onClick={() => setGiving(true)}>{t('posts.give')}</Button>}</>} />
            <section className="panel">
              <h2>{t('posts.account')}</h2>
              <Facts
                facts={[
                  { key: 'name', label: t('setup.name'), value: person.name },
                  { key: 'state', label: t('common.state'), value: <StateMark standing={person.disabled ? 'unknown' : person.enrolled ? 'met' : 'active'}>{t(person.disabled ? 'people.disabled' : person.enrolled ? 'people.enabled' : 'people.waiting')}</StateMark> },
                  { key: 'roles', label: t('people.roles'), value: person.roles.map((role) => t(`role.${role}`)).join(i18n.language === 'zh-CN' ? '、' : ', ') || t('posts.noRole') },
                ]}
              />
            </section>
            <Linked person={person} link={link} may={may} />
            <section className="panel">
              <h2>{t('posts.title')}</h2>
              <PostList posts={posts} may={may} today={today} ending={ending} onEnd={setEnding} />
            </section>
            <section className="panel">
              <h2>{t('organs.history')}</h2>
              <History lines={pastOf(history)} />
            </section>
          </>
        )}
      </Answered>
      <p className="status-line">{t('common.asOf', { time: stamp(answer.dataUpdatedAt || serverNow()), zone: zone() })}</p>
      {giving && <GivePost person={id} today={today} onClose={() => setGiving(false)} />}
    </div>
  )
}
