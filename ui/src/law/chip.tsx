/** The article chip: wherever the law speaks it stands, and a click shows the words, the row and our reading. */
import { useQuery } from '@tanstack/react-query'
import { Popover } from 'antd'
import { Suspense, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { mattersQuery, type Matter } from '../api/queries'
import { later } from '../frame/later'
import { cited, isHouseRule } from './citation'
import './law.css'

interface Cited {
  article: string
  instrument?: string
}

const Passage = later(async () => (await import('./passage')).Passage)

/** A dialog keeps the focus inside itself: there the words open inside it, or no key would reach them. */
const home = (chip: HTMLElement): HTMLElement => chip.closest<HTMLElement>('.ant-modal-root, .ant-drawer') ?? document.body

/** What a screen is about: the server says by which article of the texts in force. */
function MatterChip(props: { matter: Matter }) {
  const { data } = useQuery(mattersQuery)
  const found = data?.find(({ matter }) => matter === props.matter)
  return found === undefined ? null : <CitedChip article={found.article} />
}

/** `article` is a citation, with `instrument` where it is not of the local text and bears no title. */
export function ArticleChip(props: { matter: Matter } | Cited) {
  return 'matter' in props ? <MatterChip {...props} /> : <CitedChip {...props} />
}

function CitedChip(props: Cited) {
  const { t, i18n } = useTranslation()
  const [open, setOpen] = useState(false)
  const chip = useRef<HTMLButtonElement>(null)
  const dialog = useRef<HTMLDivElement>(null)
  const id = useId()
  const label = cited(props.article, i18n.language)

  function close() {
    setOpen(false)
    chip.current?.focus()
  }

  if (isHouseRule(props.article)) return <span className="secondary nowrap">〔{label}〕</span>

  return (
    <Popover
      trigger="click"
      open={open}
      onOpenChange={setOpen}
      afterOpenChange={(shown) => shown && dialog.current?.focus({ preventScroll: true })} // keys then scroll and close it
      destroyOnHidden
      placement="bottom"
      getPopupContainer={home}
      autoAdjustOverflow
      classNames={{ root: 'law-popover' }}
      content={
        <div
          id={id}
          role="dialog"
          aria-label={t('law.dialog', { article: label })}
          className="law-words"
          tabIndex={-1}
          ref={dialog}
          onClick={(event) => event.stopPropagation()}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return
            event.stopPropagation() // a form below must not close with it
            close()
          }}
        >
          <Suspense fallback={<p className="secondary">{t('common.loading')}</p>}>
            <Passage {...props} />
          </Suspense>
        </div>
      }
    >
      <button
        type="button"
        ref={chip}
        className="article"
        aria-haspopup="dialog"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        title={t('law.open')}
        onClick={(event) => {
          event.stopPropagation()
          event.preventDefault() // inside a label or a link it opens the law, not them
        }}
      >
        〔{label}〕
      </button>
    </Popover>
  )
}
