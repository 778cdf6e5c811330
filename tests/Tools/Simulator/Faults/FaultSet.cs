namespace RaftActors.Simulator;

/// <summary>The kinds of faults that may happen.</summary>
internal readonly record struct FaultSet(ulong Bits)
{
    public static FaultSet All => new((1UL << Enum.GetValues<FaultKind>().Length) - 1);

    public bool Has(FaultKind kind) => (Bits >> (int)kind & 1) != 0;

    public FaultSet With(FaultKind kind) => new(Bits | (1UL << (int)kind));

    public FaultSet Only(FaultSet those) => new(Bits & those.Bits);

    public FaultSet Without(FaultKind kind) => new(Bits & ~(1UL << (int)kind));

    /// <summary>Returns the set in the notation of <c>--faults</c>.</summary>
    public override string ToString()
    {
        var faults = this;
        var kinds = Enum.GetValues<FaultKind>();
        var missing = kinds.Where(kind => !faults.Has(kind)).ToList();
        var text = missing.Count < kinds.Length / 2
            ? string.Join(",-", missing.Select(kind => $"{kind}").Prepend("all"))
            : string.Join(',', kinds.Where(faults.Has).Select(kind => $"{kind}").DefaultIfEmpty("none"));
        return text.ToLowerInvariant();
    }
}
