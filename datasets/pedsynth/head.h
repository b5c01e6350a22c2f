#pragma once

namespace bcr::pedsynth {

class Canvas;
class Projection;
struct Identity;
struct Skeleton;

// Hair that hangs behind the head: drawn before the torso when the face is towards the camera,
// after it otherwise.
void DrawBackHair(Canvas& canvas, const Identity& person, const Skeleton& s, const Projection& p);
// Neck, head, face, hair and hat.
void DrawHead(Canvas& canvas, const Identity& person, const Skeleton& s, const Projection& p);

}  // namespace bcr::pedsynth
