using System.Text.Json.Serialization;

namespace RaftActors.Examples;

/// <summary>One bank account of many.</summary>
public sealed class Account : ReplicatedEntity<Balance, AccountCommand, bool>
{
    protected override Balance NewState() => new(0);

    protected override bool HandleCommand(AccountCommand command)
    {
        switch (command)
        {
            case Deposit(var amount):
                State = new Balance(State.Cents + amount);
                return true;
            case Withdraw(var amount) when amount <= State.Cents:
                State = new Balance(State.Cents - amount);
                return true;
            case CloseAccount when State.Cents == 0:
                Remove();
                return true;
            default:
                return false;
        }
    }
}

public sealed record Balance(long Cents);

public abstract record AccountCommand;

public sealed record Deposit(long Cents) : AccountCommand;

public sealed record Withdraw(long Cents) : AccountCommand;

public sealed record CloseAccount : AccountCommand;

[JsonSerializable(typeof(Balance))]
[JsonSerializable(typeof(Deposit))]
[JsonSerializable(typeof(Withdraw))]
[JsonSerializable(typeof(CloseAccount))]
public sealed partial class BankJson : JsonSerializerContext;
