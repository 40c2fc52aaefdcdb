import { describe, expect, it } from 'vitest'

import { arrived } from '../src/frame/later'

describe('a part that comes later', () => {
  it('is waited for while nobody answers, and asked for once more', async () => {
    const heard = [false, false, true]
    let pauses = 0
    let asked = 0
    const load = async () => {
      asked += 1
      if (asked === 1) throw new TypeError('nobody answers')
      return 'part'
    }
    expect(await arrived(load, async () => heard.shift() ?? true, async () => { pauses += 1 })).toBe('part')
    expect([asked, pauses]).toEqual([2, 2])
  })

  it('is missing when the server answers and it still does not come', async () => {
    const load = async () => Promise.reject(new TypeError('404'))
    await expect(arrived(load, async () => true, async () => undefined)).rejects.toThrow('404')
  })
})
