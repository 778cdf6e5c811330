namespace RaftActors.Delivery;

/// <summary>A place in the delivery at which each life fails that an earlier one failed at.</summary>
/// <param name="Serial">The serial of the pair, or the last one of the snapshot.</param>
internal readonly record struct DeliveryPlace(Serial Serial, bool IsSnapshot)
{
    /// <summary>The place of a step; null: no later life repeats it.</summary>
    public static DeliveryPlace? Of(DeliveryStep? step) => step switch
    {
        DeliveryStep.Append append => new(append.Pair.Serial, IsSnapshot: false),
        DeliveryStep.Answer answer => new(answer.Pair.Serial, IsSnapshot: false),
        DeliveryStep.Upgrade upgrade => new(upgrade.Next, IsSnapshot: false),
        DeliveryStep.Restore restore => new(restore.Serial, IsSnapshot: true),
        _ => null,
    };
}
