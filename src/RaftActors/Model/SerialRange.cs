using System.Collections;

namespace RaftActors;

/// <summary>The serials from <paramref name="First"/> to <paramref name="Last"/>, both included.</summary>
/// <param name="First">The lowest serial.</param>
/// <param name="Last">The highest serial. A range with a lower <paramref name="Last"/> is empty.</param>
public readonly record struct SerialRange(Serial First, Serial Last) : IEnumerable<Serial>
{
    IEnumerator<Serial> IEnumerable<Serial>.GetEnumerator()
    {
        for (var serial = First; serial <= Last; serial = serial.Next)
        {
            yield return serial;
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => ((IEnumerable<Serial>)this).GetEnumerator();

    /// <inheritdoc/>
    public override string ToString() => $"{First} .. {Last}";
}
