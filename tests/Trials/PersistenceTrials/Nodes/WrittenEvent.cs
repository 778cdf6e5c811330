using System.Globalization;

namespace PersistenceTrials.Nodes;

/// <summary>What the text of an event says: who wrote it, and its place among those persisted with it.</summary>
/// <param name="Writer">One life of a persistent actor.</param>
/// <param name="Batch">The number of the <c>PersistAll</c> in that life.</param>
/// <param name="Place">The place in the batch, from 0.</param>
/// <param name="Size">The number of events in the batch.</param>
internal sealed record WrittenEvent(string Writer, int Batch, int Place, int Size)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Writer}/{Batch}/{Place}/{Size}");

    public static WrittenEvent Parse(string text) => text.Split('/') is [var writer, var batch, var place, var size]
        ? new(writer, Number(batch), Number(place), Number(size))
        : throw new TrialFailure($"the journal has an event that nobody wrote: {text}");

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
