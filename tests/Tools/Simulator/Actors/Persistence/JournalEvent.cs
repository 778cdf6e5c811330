using System.Globalization;

namespace RaftActors.Simulator.Actors.Persistence;

/// <summary>An event. No other event of a run has the same life, batch and place.</summary>
/// <param name="Life">The number of the life of the persistent actor that persists it, among all lives of the run.</param>
/// <param name="Batch">The number of what that life persists at once.</param>
/// <param name="Place">In the batch, from 0.</param>
/// <param name="Size">The events of the batch.</param>
internal sealed record JournalEvent(int Life, int Batch, int Place, int Size)
{
    public const string Tagged = "tagged";

    /// <summary>The tag of an event; null: it has none.</summary>
    public string? Tag => (Life + Batch + Place) % 3 == 0 ? null : Tagged;

    /// <summary>Its text in the journal.</summary>
    /// <param name="padding">The characters behind it.</param>
    public string ToText(int padding = 0) =>
        string.Create(CultureInfo.InvariantCulture, $"{Life} {Batch} {Place} {Size} {new string('.', padding)}");

    public static JournalEvent Parse(string text) => text.Split(' ') is [var life, var batch, var place, var size, _]
        ? new(Number(life), Number(batch), Number(place), Number(size))
        : throw new InvalidDataException($"'{text}' is no event of this run");

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
