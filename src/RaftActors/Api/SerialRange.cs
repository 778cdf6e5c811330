using System.Collections;

using RaftActors.Core;

namespace RaftActors;

/// <summary>Serials from <paramref name="First"/> to <paramref name="Last"/>, both included.</summary>
public readonly record struct SerialRange(Serial First, Serial Last) : IEnumerable<Serial>
{
    /// <inheritdoc/>
    public IEnumerator<Serial> GetEnumerator()
    {
        for (var serial = First; serial <= Last; serial = serial.Next)
        {
            yield return serial;
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public override string ToString() => $"{First} .. {Last}";
}
