import { describe, expect, it } from 'vitest'

import { cited } from '../src/law/citation'

describe('a citation', () => {
  it('is short in English', () => {
    const short = ['第二十二条第一款第一项', '第十六条第一项', '第十八条', '第十三条第二款', '第七条第一款第十四项', '第一百零三条'].map((article) => cited(article, 'en-US'))
    expect(short).toEqual(['Art. 22(1)(i)', 'Art. 16(i)', 'Art. 18', 'Art. 13(2)', 'Art. 7(1)(xiv)', 'Art. 103'])
  })

  it('keeps the title of another text and says where a house rule stands beside or instead of words', () => {
    expect(cited('《某条例》第二十二条', 'en-US')).toBe('《某条例》 Art. 22')
    expect(cited('第二十条（内部规则）', 'en-US')).toBe('Art. 20 (house rule)')
    expect([cited('内部规则', 'zh-CN'), cited('内部规则', 'en-US')]).toEqual(['内部规则', 'house rule'])
  })

  it('stays what it is where it is none', () => {
    expect(cited('GB 35114', 'en-US')).toBe('GB 35114')
    expect(cited('第二十二条', 'zh-CN')).toBe('第二十二条')
  })
})
