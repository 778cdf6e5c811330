namespace RaftActors.Delivery;

/// <summary>The question of a client for the last committed serial.</summary>
internal sealed class LastCommitted
{
    private LastCommitted()
    {
    }

    public static LastCommitted Instance { get; } = new();
}
