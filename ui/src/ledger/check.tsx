/** Checks the listed entries against the signed checkpoint, one proof after the other, and says how far it is. */
import { Button, Progress } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { Refusal } from '../api/client'
import { readProof, type LedgerLineOut } from '../api/generated'
import { Problem, StateMark } from '../frame/parts'
import { inclusion } from './inclusion'

const MOST = 100 // a page of the list; each takes a proof from the server
const UNPUBLISHED = 404

interface Run {
  done: number
  total: number
  waiting: number
  bad: number[]
  problem: unknown
}

export function ChainCheck(props: { entries: readonly LedgerLineOut[] }) {
  const { t } = useTranslation()
  const [run, setRun] = useState<Run | null>(null)
  const stopped = useRef(false)
  useEffect(() => {
    stopped.current = false
    return () => void (stopped.current = true)
  }, [])
  const running = run !== null && run.problem === null && run.done < run.total

  const check = async (): Promise<void> => {
    const listed = props.entries.slice(0, MOST)
    let next: Run = { done: 0, total: listed.length, waiting: 0, bad: [], problem: null }
    setRun(next)
    for (const entry of listed) {
      if (stopped.current) return
      try {
        const found = inclusion(entry, await readProof(entry.index))
        next = { ...next, done: next.done + 1, bad: found === 'in' ? next.bad : [...next.bad, entry.index] }
      } catch (problem) {
        // the newest entries are published within a second of being committed
        if (problem instanceof Refusal && problem.status === UNPUBLISHED) next = { ...next, done: next.done + 1, waiting: next.waiting + 1 }
        else return setRun({ ...next, problem })
      }
      setRun(next)
    }
  }

  return (
    <div className="spaced">
      <div className="row">
        <Button onClick={() => void check()} loading={running} disabled={props.entries.length === 0}>{t('ledger.check', { n: Math.min(MOST, props.entries.length) })}</Button>
        {running && <Progress percent={Math.floor((run.done / run.total) * 100)} style={{ width: 200 }} aria-label={t('ledger.checking')} />}
        {run !== null && !running && run.problem === null && (
          <span role="status">
            {run.bad.length > 0 ? (
              <StateMark standing="overdue">{t('ledger.checkBad', { entries: run.bad.join(', ') })}</StateMark>
            ) : (
              <StateMark standing="met">{t('ledger.checkGood', { n: run.total - run.waiting })}</StateMark>
            )}
            {run.waiting > 0 && <> <StateMark standing="unknown">{t('ledger.checkWaiting', { n: run.waiting })}</StateMark></>}
          </span>
        )}
      </div>
      <p className="secondary">{t('ledger.checkHint')}</p>
      {run?.problem != null && <Problem problem={run.problem} />}
    </div>
  )
}
