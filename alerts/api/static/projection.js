// The Natural Earth projection: the polynomials of Šavrič, Patterson and Jenny, "The Natural Earth II world map projection"
// and their 2011 fit of the first one. Degrees in; x to the east and y to the south out, in radii of the globe.

const RADIAN = Math.PI / 180;

export function project(lon, lat) {
  const a = lat * RADIAN,
    a2 = a * a,
    a4 = a2 * a2;
  const x = lon * RADIAN * (0.8707 - 0.131979 * a2 + a4 * (-0.013791 + a4 * (0.003971 * a2 - 0.001529 * a4)));
  const y = a * (1.007226 + a2 * (0.015085 + a4 * (-0.044475 + 0.028874 * a2 - 0.005916 * a4)));
  return [x, -y];
}

// The map ends at the meridians of 180° and, since nobody is at war beyond them, at these parallels.
const SOUTH = -58,
  NORTH = 84;
export const BOUNDS = [project(-180, 0)[0], project(0, NORTH)[1], project(180, 0)[0], project(0, SOUTH)[1]];

export function rim() {
  const points = [];
  for (let lat = SOUTH; lat <= NORTH; lat += 2) points.push(project(180, lat));
  for (let lat = NORTH; lat >= SOUTH; lat -= 2) points.push(project(-180, lat));
  return points;
}
