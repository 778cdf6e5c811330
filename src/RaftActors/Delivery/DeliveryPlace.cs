namespace RaftActors.Delivery;

/// <summary>The place of a step that a restarted actor repeats, and so may fail at again.</summary>
/// <param name="Serial">The serial of the pair, or the last one of the snapshot.</param>
internal readonly record struct DeliveryPlace(Serial Serial, bool IsSnapshot)
{
    /// <summary>Returns the place of a step, or null if no restarted actor repeats it.</summary>
    public static DeliveryPlace? Of(DeliveryStep? step) => step switch
    {
        DeliveryStep.Append append => new(append.Pair.Serial, IsSnapshot: false),
        DeliveryStep.Answer answer => new(answer.Pair.Serial, IsSnapshot: false),
        DeliveryStep.Upgrade upgrade => new(upgrade.Next, IsSnapshot: false),
        DeliveryStep.Restore restore => new(restore.Serial, IsSnapshot: true),
        _ => null,
    };
}
