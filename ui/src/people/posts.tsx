/** Posts of a person: shown, given, ended. A post may be entered ahead and with its end. */
import { useQueryClient } from '@tanstack/react-query'
import { Button, Checkbox, Form, Input, Select } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { getKeepPostDecisionUrl, getListPeopleQueryKey, getReadPersonQueryKey, getReadPostDecisionUrl, useEndPost, useGivePost, type NewPost, type PostEnd, type PostOut, type Role } from '../api/generated'
import { StateMark } from '../frame/parts'
import { Upload } from '../frame/upload'
import { Dialog } from '../organs/forms'
import { ROLES } from './roles'

const DAY = /^\d{4}-\d{2}-\d{2}$/

export function PostLine(props: { post: PostOut; name?: string; act?: ReactNode }) {
  const { t, i18n } = useTranslation()
  const { post } = props
  const roles = post.roles.map((role) => t(`role.${role}`)).join(i18n.language === 'zh-CN' ? '、' : ', ')
  return (
    <li>
      <StateMark standing={post.running ? 'met' : post.ahead ? 'active' : 'unknown'}>{t(post.running ? 'posts.running' : post.ahead ? 'posts.ahead' : 'posts.ended')}</StateMark>
      <span className="wrap">{[props.name, post.title].filter(Boolean).join(' · ')}{post.head && `（${t('posts.head')}）`}</span>
      <span className="secondary">{post.ends_on === null ? t('posts.since', { from: post.begins_on }) : t('posts.span', { from: post.begins_on, to: post.ends_on })}</span>
      {roles !== '' && <span className="secondary">{roles}</span>}
      {post.decision_file === '' ? <span className="secondary wrap">{post.decision}</span> : <a className="wrap" href={getReadPostDecisionUrl(post.person, post.id)} target="_blank" rel="noreferrer">{post.decision}</a>}
      {props.act !== undefined && <><span className="spring" />{props.act}</>}
    </li>
  )
}

function useChanged(person: string): () => Promise<void> {
  const client = useQueryClient()
  return async () => {
    await client.invalidateQueries({ queryKey: getReadPersonQueryKey(person) })
    await client.invalidateQueries({ queryKey: getListPeopleQueryKey() })
  }
}

function DayField(props: { name: string; label: string; hint: string; open?: boolean }) {
  const { t } = useTranslation()
  return (
    <Form.Item name={props.name} label={props.label} extra={props.hint} rules={props.open === true ? [] : [{ required: true, pattern: DAY, message: t('posts.day') }]}>
      <Input type="date" />
    </Form.Item>
  )
}

export function GivePost(props: { person: string; today: string; onClose: () => void }) {
  const { t } = useTranslation()
  const changed = useChanged(props.person)
  const [form] = Form.useForm<NewPost>()
  const give = useGivePost({
    onSuccess: async () => {
      await changed()
      props.onClose()
    },
  })
  const required = [{ required: true, message: t('common.required') }]
  return (
    <Dialog title={t('posts.give')} follows={t('posts.giveFollows')} form={form} initial={{ begins_on: props.today, roles: [], head: false }} pending={give.isPending} problem={give.error} onClose={props.onClose} onFinish={({ ends_on, ...data }) => give.mutate({ person: props.person, data: { ...data, ends_on: ends_on || null } })}>
      <Form.Item name="title" label={t('posts.post')} rules={required}><Input maxLength={60} /></Form.Item>
      <Form.Item name="head" valuePropName="checked" extra={t('posts.headHint')}><Checkbox>{t('posts.head')}</Checkbox></Form.Item>
      <Form.Item name="roles" label={t('posts.roles')} extra={t('posts.rolesHint')}><Select mode="multiple" options={ROLES.map((role: Role) => ({ value: role, label: t(`role.${role}`) }))} /></Form.Item>
      <Form.Item name="decision" label={t('posts.decision')} extra={t('posts.decisionHint')} rules={required}><Input maxLength={200} /></Form.Item>
      <DayField name="begins_on" label={t('posts.begins')} hint={t('posts.beginsHint')} />
      <DayField name="ends_on" label={t('posts.ends')} hint={t('posts.endsHint')} open />
    </Dialog>
  )
}

function EndPost(props: { post: PostOut; today: string; onClose: () => void }) {
  const { t } = useTranslation()
  const changed = useChanged(props.post.person)
  const [form] = Form.useForm<PostEnd>()
  const end = useEndPost({
    onSuccess: async () => {
      await changed()
      props.onClose()
    },
  })
  return (
    <Dialog title={t('posts.end')} follows={t('posts.endFollows')} form={form} initial={{ ends_on: props.today }} pending={end.isPending} problem={end.error} onClose={props.onClose} onFinish={(data) => end.mutate({ person: props.post.person, post: props.post.id, data })}>
      <p className="wrap">{props.post.title}</p>
      <DayField name="ends_on" label={t('posts.ends')} hint={t('posts.dayHint')} />
      <Form.Item name="why" label={t('posts.why')} rules={[{ required: true, message: t('common.required') }]}><Input maxLength={200} /></Form.Item>
    </Dialog>
  )
}

function Acts(props: { post: PostOut; onEnd: () => void; onKept: () => Promise<void> }) {
  const { t } = useTranslation()
  const { post } = props
  return (
    <>
      {(post.running || post.ahead) && <Button size="small" danger onClick={props.onEnd}>{t('posts.end')}</Button>}
      {post.decision_file === '' && <div style={{ flexBasis: '100%' }}><Upload address={getKeepPostDecisionUrl(post.person, post.id)} label={t('posts.keep')} onDone={() => void props.onKept()} /></div>}
    </>
  )
}

/** The posts with what may be done about each; `ending` is the one whose dialog is open. */
export function PostList(props: { posts: readonly PostOut[]; may: boolean; today: string; ending: PostOut | null; onEnd: (post: PostOut | null) => void }) {
  const { t } = useTranslation()
  const changed = useChanged(props.posts[0]?.person ?? '')
  if (props.posts.length === 0) return <p className="secondary">{t('posts.none')}</p>
  return (
    <>
      <ul className="plain">
        {props.posts.map((post) => (
          <PostLine key={post.id} post={post} {...(props.may ? { act: <Acts post={post} onEnd={() => props.onEnd(post)} onKept={changed} /> } : {})} />
        ))}
      </ul>
      {props.ending !== null && <EndPost post={props.ending} today={props.today} onClose={() => props.onEnd(null)} />}
    </>
  )
}
