namespace RaftActors.Tests.Transport;

/// <summary>A clock that the test moves.</summary>
internal sealed class ManualClock : TimeProvider
{
    public long Seconds { get; set; }

    public override long TimestampFrequency => 1;

    public override long GetTimestamp() => Seconds;
}
