/** The sector of a camera's view as the path of a drawing: clockwise from the top, in the drawing's own units. */
export function sectorPath(x: number, y: number, reach: number, direction: number, angle: number): string {
  const corner = (degrees: number): string => {
    const heading = (degrees * Math.PI) / 180
    return `${x + reach * Math.sin(heading)} ${y - reach * Math.cos(heading)}`
  }
  const wide = Math.min(angle, 359.9) // an arc of a whole turn would be none
  return `M ${x} ${y} L ${corner(direction - wide / 2)} A ${reach} ${reach} 0 ${wide > 180 ? 1 : 0} 1 ${corner(direction + wide / 2)} Z`
}

/** Degrees clockwise from the top, 0 to 359, in which (dx, dy) lies; y grows downwards. */
export function heading(dx: number, dy: number): number {
  return (Math.round((Math.atan2(dx, -dy) * 180) / Math.PI) + 360) % 360
}
