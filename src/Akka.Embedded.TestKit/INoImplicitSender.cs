namespace Akka.TestKit;

/// <summary>A test class with this interface sends without a sender where it names none; otherwise its test actor is the sender.</summary>
public interface INoImplicitSender
{
}
