namespace RaftActors.Delivery;

/// <summary>The place of a step that a restarted actor repeats, and so may fail at again.</summary>
/// <param name="Serial">The serial of the pair, that of the first pair behind the upgrade, or the last one of the snapshot.</param>
internal readonly record struct DeliveryPlace(Serial Serial, bool IsSnapshot = false, bool IsUpgrade = false)
{
    public static DeliveryPlace OfPair(Serial serial) => new(serial);

    /// <summary>Returns the place of a step, or null if no restarted actor repeats it.</summary>
    public static DeliveryPlace? Of(DeliveryStep? step) => step switch
    {
        DeliveryStep.Append append => OfPair(append.Pair.Serial),
        DeliveryStep.Answer answer => OfPair(answer.Pair.Serial),
        DeliveryStep.Upgrade upgrade => new(upgrade.Next, IsUpgrade: true),
        DeliveryStep.Restore restore => new(restore.Serial, IsSnapshot: true),
        _ => null,
    };
}
