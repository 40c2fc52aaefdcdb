/** Rows of facts: a table where there is room, cards on a narrow screen, so that no fact lies beyond its edge. */
import { Button, Grid, Table } from 'antd'
import { Fragment, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

const PAGE = 50

/** One fact of each row. On a card the first `head` is its title, `mark` stands beside it, `wide` takes a whole line. */
export interface Column<Row> {
  key: string
  title: string
  render: (row: Row) => ReactNode
  card?: 'head' | 'mark' | 'wide'
  /** A button that opens the row, where it has no link: by keyboard, and on a card. */
  opens?: boolean
  align?: 'right'
  width?: number
  className?: string
  ellipsis?: boolean
}

interface Props<Row> {
  rows: readonly Row[]
  rowKey: (row: Row) => string | number
  columns: readonly Column<Row>[]
  dense?: boolean
  page?: number
  /** A click anywhere on a row of the table; the card has its link. */
  onOpen?: (row: Row) => void
}

const openedBy = <Row,>(columns: readonly Column<Row>[], onOpen: ((row: Row) => void) | undefined): readonly Column<Row>[] =>
  columns.map((column) =>
    column.opens !== true || onOpen === undefined ? column : { ...column, render: (row) => <Button type="link" className="opens" onClick={(event) => { event.stopPropagation(); onOpen(row) }}>{column.render(row)}</Button> })

const empty = (shown: ReactNode): boolean => shown === null || shown === undefined || shown === '' || shown === false

function Card<Row>(props: { row: Row; columns: readonly Column<Row>[] }) {
  const { row, columns } = props
  const part = (card: Column<Row>['card']) => columns.filter((column) => column.card === card)
  return (
    <li className="panel">
      <div className="panel-head">
        {part('head').map((column) => <div key={column.key} className="card-head">{column.render(row)}</div>)}
        {part('mark').map((column) => <Fragment key={column.key}>{column.render(row)}</Fragment>)}
      </div>
      <dl>
        {columns.map((column) => {
          if (column.card === 'head' || column.card === 'mark') return null
          const shown = column.render(row)
          if (empty(shown)) return null
          return <div key={column.key} className={column.card === 'wide' ? 'card-wide' : 'card-line'}><dt>{column.title}</dt><dd>{shown}</dd></div>
        })}
      </dl>
    </li>
  )
}

export function Listing<Row extends object>(props: Props<Row>) {
  const { t } = useTranslation()
  const { rows, rowKey, onOpen } = props
  const columns = openedBy(props.columns, onOpen)
  const page = props.page ?? PAGE
  const narrow = Grid.useBreakpoint().md === false
  const [pages, setPages] = useState(1)
  if (!narrow) {
    return (
      <div className="table-scroll">
        <Table<Row>
          rowKey={rowKey}
          size={props.dense === true ? 'small' : 'middle'}
          dataSource={[...rows]}
          pagination={rows.length > page ? { pageSize: page, showSizeChanger: false, size: 'small' } : false}
          {...(onOpen === undefined ? {} : { onRow: (row: Row) => ({ onClick: () => onOpen(row) }) })}
          columns={columns.map(({ card, opens, render, ...column }) => ({ ...column, render: (_, row) => render(row) }))}
        />
      </div>
    )
  }
  return (
    <>
      <ul className="cards">
        {rows.slice(0, pages * page).map((row) => <Card key={rowKey(row)} row={row} columns={columns} />)}
      </ul>
      {rows.length > pages * page && <Button className="spaced" onClick={() => setPages(pages + 1)}>{t('common.more')}</Button>}
    </>
  )
}
