"""Data in, Plotly figure out. It imports no Streamlit."""
