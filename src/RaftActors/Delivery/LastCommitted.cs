namespace RaftActors.Delivery;

/// <summary>A client's question for the last committed serial.</summary>
internal sealed class LastCommitted
{
    private LastCommitted()
    {
    }

    public static LastCommitted Instance { get; } = new();
}
